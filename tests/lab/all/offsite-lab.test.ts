import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ensureImage } from "../../../lab/images/build";
import { clientOf } from "../../../providers/s3/client";
import { BUCKET, Elsewhere, KEYS } from "../harness/elsewhere";
import type { LabHost } from "../harness/host";
import type { Lab } from "../harness/lab";
import { cleanEnvironment } from "../harness/run";
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

/** Snapshots that Zerobyte reads in the repository, with the keys that it has. */
async function onThePage(): Promise<{ tags: string[]; size: number }[]> {
  const format = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}";
  const address = await hub.docker("container", "inspect", "--format", format, "vpn_zerobyte");
  const list = await hub.output(["curl", "-s", `http://${address}:4096/api/v1/repositories/${BUCKET}/snapshots`]);
  return JSON.parse(list) as { tags: string[]; size: number }[];
}

test("Zerobyte's page has the snapshots of the repository, once it is there, and its file no key", async () => {
  await lab.makeSucceed("up");
  expect(await lab.preview()).toEqual({});
  const snapshots = await onThePage();
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

describe("the hub's keys of the bucket, rotated", () => {
  /** As the console gives out another one: both halves are new. */
  const NEW = { push: "push-canary-secret-2", prune: "prune-canary-secret-2" };
  const GIVEN = {
    backupsAccessKey: "push-2",
    backupsSecretKey: NEW.push,
    backupsPruneAccessKey: "prune-2",
    backupsPruneSecretKey: NEW.prune,
  };
  const ROLES = ["push", "prune"] as const;

  /** What the server says to whoever shows a key, and asks what is in the bucket. */
  async function saidTo(accessKey: string, secretKey: string): Promise<string> {
    const place = { endpoint: `http://${elsewhere.server.address}`, region: "us-east-1" };
    const { sdk, client } = await clientOf({ ...place, accessKey, secretKey });
    try {
      await client.send(new sdk.ListObjectsV2Command({ Bucket: BUCKET }));
      return "let in";
    } catch (error) {
      return (error as Error).name;
    }
  }

  const saidToOld = (): Promise<string[]> => Promise.all(ROLES.map((role) => saidTo(role, KEYS[role])));
  const saidToNew = (): Promise<string[]> => Promise.all(ROLES.map((role) => saidTo(`${role}-2`, NEW[role])));

  test("by make rotate: the bucket lets the new ones in and the old ones no longer, and no value is shown", async () => {
    for (const role of ROLES) await elsewhere.server.addKey(`${role}-2`, NEW[role]);
    expect([await saidToOld(), await saidToNew()]).toEqual([
      ["let in", "let in"],
      ["AccessDenied", "AccessDenied"],
    ]);
    const given = Object.entries(GIVEN).map(([name, value]) => [`SECRET_${name}`, value]);
    const environment = { ...cleanEnvironment(), ...(Object.fromEntries(given) as Record<string, string>) };
    const { code, all } = await lab.make(`rotate SECRET=${Object.keys(GIVEN).join(",")}`, { environment });
    expect({ code, end: code === 0 ? "" : all.slice(-3000) }).toEqual({ code: 0, end: "" });
    expect(all).toMatch(/^backupsPruneAccessKey +seko-vpn\/offsite-upkeep, bucket vpai-backups +no login to try /m);
    for (const value of [...Object.values(KEYS), ...Object.values(NEW)]) expect(all).not.toContain(value);
    expect([await saidToOld(), await saidToNew()]).toEqual([
      ["AccessDenied", "AccessDenied"],
      ["let in", "let in"],
    ]);
    expect(await lab.preview()).toEqual({});
  }, 2_400_000);

  test("with the old ones revoked, the next run copies a new set, the upkeep has its turn, and Zerobyte reads on", async () => {
    for (const role of ROLES) await elsewhere.server.revokeKey(role);
    expect(await saidToOld()).toEqual(["InvalidAccessKeyId", "InvalidAccessKeyId"]);
    for (const job of ["backup-sese-ai", "offsite", "offsite-upkeep"])
      await lab.makeSucceed(`run JOB=${job}`, { timeout: 600 });
    const [newest = ""] = (await sese.output(["ls", "/opt/vpai/backups"])).split("\n").slice(-1);
    const { stdout } = await lab.makeSucceed("backups");
    const row = stdout.split("\n").find((line) => /^sese-ai +\(elsewhere\)/.test(line));
    expect(row?.split(/ {2,}/)[3]).toBe(newest);
    expect((await onThePage()).map(({ tags }) => tags)).toContainEqual([`set=${newest}`]);
    expect(await hub.output(["cat", "/opt/vpn/secrets/offsite/access_key"])).toBe("push-2");
  }, 2_000_000);
});
