import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ensureImage } from "../../../lab/images/build";
import { BUCKET, Elsewhere, KEYS } from "../harness/elsewhere";
import type { LabHost } from "../harness/host";
import type { Lab } from "../harness/lab";
import { S3Server } from "../harness/s3";
import { sharedLabOfHub } from "../harness/shared";

/** The whole way of the copies elsewhere: from the hosts' sets to what a person brings back with a sheet of paper alone. */

let lab: Lab;
let elsewhere: Elsewhere;
let hub: LabHost;
let sese: LabHost;

beforeAll(async () => {
  lab = await sharedLabOfHub();
  elsewhere = await Elsewhere.of(lab);
  await lab.makeSucceed("up");
  hub = await lab.host("seko-vpn");
  sese = await lab.host("sese-ai");
}, 3_600_000);

afterAll(async () => {
  await elsewhere.remove();
  for (const host of [hub, sese]) await host.run(["sh", "-c", "rm -rf /opt/*/backups"]);
}, 900_000);

/** The first copy makes the repository, which Zerobyte can be shown from then on. */
test("a second up has nothing left to do but to show Zerobyte the repository", async () => {
  expect(await lab.preview()).toEqual({ "seko-vpn/repository/vpai-backups": "update" });
}, 300_000);

test("every host's set is elsewhere, and what there is, is listed", async () => {
  for (const job of ["backup-sese-ai", "backup-seko-vpn", "offsite", "offsite-upkeep"])
    await lab.makeSucceed(`run JOB=${job}`, { timeout: 600 });
  const { stdout } = await lab.makeSucceed("backups");
  const rows = stdout.split("\n").map((line) => line.split(/ {2,}/));
  const elsewhere = rows.filter(([, service]) => service === "(elsewhere)");
  const [newest = ""] = (await sese.output(["ls", "/opt/vpai/backups"])).split("\n").slice(-1);
  expect(elsewhere.map(([host, , count]) => [host, count])).toEqual([
    ["seko-vpn", "1"],
    ["sese-ai", "1"],
  ]);
  expect(elsewhere[1]?.[3]).toBe(newest);
  expect(elsewhere[1]?.at(-1)).toMatch(/^\S+Z \(part 1 of 8\)$/);
  const metrics = await hub.output(["cat", "/opt/vpn/data/metrics/offsite.prom"]);
  expect(metrics).toMatch(/^backup_exit_code\{backup="sese-ai-offsite"\} 0$/m);
}, 1_800_000);

test("Zerobyte's page has the snapshots of the repository, once it is there, and its file no key", async () => {
  await lab.makeSucceed("up");
  expect(await lab.preview()).toEqual({});
  const format = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}";
  const address = await hub.docker("container", "inspect", "--format", format, "vpn_zerobyte");
  const list = await hub.output(["curl", "-s", `http://${address}:4096/api/v1/repositories/${BUCKET}/snapshots`]);
  const snapshots = JSON.parse(list) as { tags: string[]; size: number }[];
  expect(snapshots.map(({ tags }) => tags[0]?.replace(/=.*/, ""))).toEqual(["set", "set"]);
  for (const { size } of snapshots) expect(size).toBeGreaterThan(0);
  const kept = await hub.output(["cat", "/opt/vpn/data/zerobyte/data/repositories.json"]);
  expect(kept).toContain('"name":"vpai-backups"');
  expect(kept).not.toContain(KEYS.push);
}, 600_000);

test("no host but the hub has a key of the bucket, and the hub's own is no owner's", async () => {
  const found = async (host: LabHost, text: string): Promise<string> =>
    host.output(["sh", "-c", 'grep -rlF -- "$1" /opt /etc /root 2>/dev/null || :', "sh", text]);
  for (const secret of [...Object.values(KEYS), S3Server.secretKey]) expect(await found(sese, secret)).toBe("");
  expect(await found(hub, S3Server.secretKey)).toBe("");
  expect(await found(hub, KEYS.push)).toBe("/opt/vpn/secrets/offsite/secret_key");
}, 120_000);

describe("the recovery kit", () => {
  test("is shown only when told so", async () => {
    const { stdout, all } = await lab.makeSucceed("-s recovery-kit YES=0");
    expect(stdout.trim()).toBe("");
    expect(all).not.toContain(KEYS.push);
  }, 120_000);

  test("brings a host's set back with nothing but the server and what is on the sheet", async () => {
    const { stdout: kit } = await lab.makeSucceed("-s recovery-kit YES=1");
    const typed = [...kit.matchAll(/^ {5}(.*)$/gm)].map(([, line = ""]) => line);
    const password = /^ {2}repository password {2}(\S+)$/m.exec(kit)?.[1] ?? "";
    const folder = mkdtempSync(path.join(tmpdir(), "recovery-"));
    try {
      writeFileSync(path.join(folder, "password"), `${password}\n`);
      const keys = typed.filter((line) => /^(\[default\]|aws_)/.test(line));
      writeFileSync(path.join(folder, "keys"), keys.map((line) => `${line}\n`).join(""));
      const commands = typed.filter((line) => /^(export|restic|\(cd) ?/.test(line));
      expect(commands.length).toBeGreaterThan(5);
      const image = await ensureImage("restic");
      const network = ["--network", lab.identity.prefix];
      mkdirSync(path.join(folder, "home"));
      execFileSync("docker", [
        ...[
          "run",
          "--rm",
          ...network,
          "--volume",
          `${folder}:/recovery`,
          "--workdir",
          "/recovery",
          "--env",
          "HOME=/recovery/home",
        ],
        // As on a computer of anybody: not with what the image has of its own.
        ...["--entrypoint", "/usr/bin/bash", image, "-euc", `PATH=/usr/bin:/bin; ${commands.join("\n")}`],
      ]);
      const manifest = readFileSync(path.join(folder, "sese-ai", "manifest.json"), "utf8");
      const { set } = JSON.parse(manifest) as { set: string };
      expect(manifest.trim()).toBe(await sese.output(["cat", `/opt/vpai/backups/${set}/manifest.json`]));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 300_000);
});
