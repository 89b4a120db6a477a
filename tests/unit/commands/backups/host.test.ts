import { backedHosts, BackupProgram, chosenBacked } from "../../../../commands/backups/host";
import { jobSpec } from "../../../../components/jobs/spec";
import { HOST_ITSELF } from "../../../../model/service";
import { backupJob } from "../../../../programs/backup";
import { contextWith } from "../../../context";

/** A host whose job is what the project writes. */
const place = {
  owner: { platform: "vpai", stack: "prod", host: "sese-ai" },
  folder: "/opt/vpai",
  prefix: "vpai_",
  context: contextWith(),
  exists: () => true,
};
const UNIT = jobSpec(backupJob(contextWith()), HOST_ITSELF, place).service("sha256:0123");

const asked: string[][] = [];
const host = (answers: Record<string, string>) => ({
  output: async (argv: readonly string[]) => {
    asked.push([...argv]);
    return argv[0] === "systemctl" ? (answers["unit"] ?? UNIT) : (answers[argv[5] ?? ""] ?? "");
  },
});
beforeEach(() => void asked.splice(0));

const PROGRAM = ["/bin/bash", "/opt/vpai/configs/backup-sese-ai/backup.sh", "/opt/vpai", "vpai_", "sha256:0123"];

test("the program is called as the host's job calls it", async () => {
  const program = await BackupProgram.of(host({ what: "replaces redis all\nstops redis\n" }), "backup-sese-ai.service");
  expect(asked).toEqual([["systemctl", "cat", "--", "backup-sese-ai.service"]]);
  expect(program.command("restore", "000001-x", "n8n")).toEqual([...PROGRAM, "restore", "000001-x", "n8n"]);
  expect(await program.what("000001-x", undefined)).toEqual(["replaces redis all", "stops redis"]);
  expect(await program.manifests()).toEqual([]);
  expect(asked.slice(1)).toEqual([
    [...PROGRAM, "what", "000001-x"],
    [...PROGRAM, "manifests"],
  ]);
});

test("another job is refused", async () => {
  const other = 'ExecStart="/bin/sh" "/opt/vpai/jobs/run" "1" "1" "600" "/usr/bin/true"\n';
  await expect(BackupProgram.of(host({ unit: other }), "x.service")).rejects.toThrow(
    "x.service: expected a job that makes backups",
  );
});

test("hosts without the job have no backups", () => {
  const connection = { host: "1.2.3.4" } as never;
  const deployed = (jobs?: Record<string, { unit: string }>) => ({
    connection,
    publicAddress: "",
    services: {},
    ...(jobs === undefined ? {} : { jobs }),
  });
  const hosts = {
    one: deployed({ "backup-one": { unit: "backup-one.service" }, other: { unit: "other.service" } }),
    two: deployed({ "backup-one": { unit: "backup-one.service" } }),
    three: deployed(),
  };
  const one = { name: "one", connection, unit: "backup-one.service" };
  expect(backedHosts(hosts)).toEqual([one]);
  expect(chosenBacked(hosts, "")).toEqual([one]);
  expect(chosenBacked(hosts, "one")).toEqual([one]);
  expect(() => chosenBacked(hosts, "three")).toThrow("three: expected a host with backups, found none there");
  expect(() => chosenBacked(hosts, "four")).toThrow(/a host of the stack: one, two, three\n +found: +"four"/);
  expect(() => chosenBacked({ three: hosts.three }, undefined)).toThrow("expected a host with backups, found none");
});
