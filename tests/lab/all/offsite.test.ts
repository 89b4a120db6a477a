import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { bucketPolicy } from "../../../components/buckets";
import { undelete, undeletionIn } from "../../../commands/recovery/undelete";
import { lineOf } from "../../../providers/resources/authorized-key";
import { s3BucketKind, type S3BucketInputs } from "../../../providers/resources/s3-bucket";
import { clientOf } from "../../../providers/s3/client";
import { projectRoot } from "../../../toolchain/environment";
import { eventually } from "../../eventually";
import { CutWay } from "../harness/cut";
import { docker, image, minute, run, start, useImages } from "../harness/containers";
import { S3Server } from "../harness/s3";

/**
 * Copies of a host's sets in a repository of the real Restic, in a bucket of a real S3 server that has the platform's policy, brought
 * there by the jobs' own program over a real SSH server; and what goes wrong with that, made to go wrong.
 */

useImages("restic", "lab-host");

const KEYS = { push: "push-secret", prune: "prune-secret" };
const BUCKET = "vpai-backups";
const HOST = "seed";

const files = mkdtempSync(path.join(tmpdir(), "offsite-"));
const at = (...names: string[]): string => path.join(files, ...names);

let server: S3Server;
let way: CutWay;
let bucket: S3BucketInputs;

/** A command of the host's root. */
const onHost = (...command: string[]): string => docker("exec", `${run}-host`, ...command);

const backup = (verb: string): string =>
  docker(
    ...["exec", "--env", "BACKUP_MARGIN=1000000", `${run}-host`, "bash", `/opt/vpai/configs/backup-${HOST}/backup.sh`],
    ...["/opt/vpai", "vpai_", "-", verb],
  );

interface Outcome {
  code: number | null;
  said: string;
}

/** What differs from an ordinary run of a job. */
interface Given {
  as?: keyof typeof KEYS;
  /** Arguments of `docker run`. */
  options?: string[];
  /** Seconds that the job may take, as its runner has it. */
  limit?: number;
}

/** As the jobs' runner and the client run it. */
const argv = (verb: string, { as = "push", options = [], limit = 170 }: Given = {}): string[] => [
  ...[
    "--kill-after=10",
    String(limit),
    "docker",
    "run",
    "--rm",
    "--name",
    `${run}-job`,
    "--hostname",
    "offsite",
    "--network",
    run,
    "--cap-drop",
    "ALL",
  ],
  ...["--volume", `${at("config")}:/etc/offsite:ro`, "--volume", `${at(as)}:/run/secrets:ro`],
  ...["--volume", `${at("store")}:/srv/offsite`, "--volume", `${at("metrics")}:/srv/metrics`],
  ...["--env", `RESTIC_REPOSITORY=s3:http://${way.address}/${BUCKET}`, "--env", "AWS_DEFAULT_REGION=us-east-1"],
  ...["--env", "OFFSITE_MARGIN=1000000", ...options, "--entrypoint", "sh", image("restic")],
  ...["/etc/offsite/offsite.sh", verb],
];

/** Asynchronously: the way to the server is in this process. */
const job = (verb: string, given: Given = {}): Promise<Outcome> =>
  new Promise((resolve) => {
    const child = spawn("timeout", argv(verb, given), { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: Buffer) => (said += text.toString()));
    child.on("close", (code) => resolve({ code, said }));
  });

const push = (given: Given = {}): Promise<Outcome> => job("push", given);

/** Every set of these tests is of one day, of which the last stays. */
async function upkeep(): Promise<Outcome> {
  const outcome = await job("upkeep", { as: "prune" });
  if (outcome.code === 0) all.splice(0, all.length - 1);
  return outcome;
}

/** What Restic itself says, with the owner's keys and by another way. */
const restic = (...command: string[]): string =>
  docker(
    ...["run", "--rm", "--network", run, "--volume", `${at("push")}:/run/secrets:ro`],
    ...["--env", `RESTIC_REPOSITORY=s3:http://${server.address}/${BUCKET}`, "--env", "AWS_DEFAULT_REGION=us-east-1"],
    ...["--env", "RESTIC_PASSWORD_FILE=/run/secrets/password", "--env", `AWS_ACCESS_KEY_ID=${S3Server.accessKey}`],
    ...["--env", `AWS_SECRET_ACCESS_KEY=${S3Server.secretKey}`, image("restic"), ...command],
  );

interface Snapshot {
  time: string;
  tags: string[];
}

/** Sets that are in the repository, as their tags have them. */
const copies = (): Snapshot[] => (JSON.parse(restic("snapshots", "--json", "--no-lock")) ?? []) as Snapshot[];

const sets = (): string[] =>
  copies()
    .map(({ tags }) => tags[0]?.replace("set=", "") ?? "")
    .sort();

/** Sets of the host. */
const made = (): string[] =>
  onHost("sh", "-c", "ls /opt/vpai/backups")
    .split("\n")
    .filter((name) => /^\d/.test(name));

/** Names of the sets that were once made, whether the host still has them or not. */
const all: string[] = [];

const makeSet = (): void => {
  backup("run");
  all.push(made().at(-1) ?? "");
};

const figure = (name: string): number =>
  Number(
    new RegExp(`^${name}\\{backup="${HOST}-offsite"\\} (\\d+)$`, "m").exec(
      readFileSync(at("metrics/offsite.prom"), "utf8"),
    )?.[1],
  );

const METHOD = `. "$HERE/tools.sh"
dump() { head -c 400000 /dev/urandom > "$OUT/random"; echo text > "$OUT/text"; rows things 3; }
verify() { :; }
"$@"
`;

function layOut(): void {
  for (const folder of ["config/ssh", "push", "prune", "store", "metrics", `host/configs/backup-${HOST}`])
    mkdirSync(at(folder), { recursive: true });
  copyFileSync(path.join(projectRoot, "programs/offsite/offsite.sh"), at("config/offsite.sh"));
  for (const file of ["backup.sh", "tools.sh"])
    copyFileSync(path.join(projectRoot, "programs/backup", file), at(`host/configs/backup-${HOST}`, file));
  writeFileSync(at(`host/configs/backup-${HOST}/plan`), `host\t${HOST}\npart\tnotes\tnotes\tnote\t-\n`);
  writeFileSync(at(`host/configs/backup-${HOST}/note.sh`), METHOD);
  for (const name of ["ssh_key", "host_key"])
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", at(name)]);
  for (const [key, secret] of Object.entries(KEYS)) {
    writeFileSync(at(key, "access_key"), key);
    writeFileSync(at(key, "secret_key"), secret);
    writeFileSync(at(key, "password"), "canary-password\n");
    copyFileSync(at("ssh_key"), at(key, "ssh_key"));
    chmodSync(at(key, "ssh_key"), 0o400);
  }
  writeFileSync(at("config/hosts"), `${HOST} no 93600\naway yes 604800\n`);
  const common =
    "Host *\n  BatchMode yes\n  UserKnownHostsFile /etc/offsite/ssh/known_hosts\n  IdentityFile /run/secrets/ssh_key\n  User root\n  ConnectTimeout 5\n";
  const hosts = `Host ${HOST}\n  HostName ${run}-host\n  HostKeyAlias ${HOST}\nHost away\n  HostName 192.0.2.1\n`;
  writeFileSync(at("config/ssh/config"), common + hosts);
  writeFileSync(at("config/ssh/known_hosts"), `${HOST} ${readFileSync(at("host_key.pub"), "utf8")}`);
  const command = ["/bin/bash", `/opt/vpai/configs/backup-${HOST}/backup.sh`, "/opt/vpai", "vpai_", "-", "serve"];
  const publicKey = readFileSync(at("ssh_key.pub"), "utf8").split(" ").slice(0, 2).join(" ");
  writeFileSync(at("authorized_keys"), `${lineOf({ user: "root", publicKey, command, comment: "offsite@hub" })}\n`);
}

/** sshd of a host, with no engine: the set's one method asks none. */
const SSHD = `
install -m 0600 -o root /files/authorized_keys /root/.ssh/authorized_keys
install -m 0600 -o root /files/host_key /etc/ssh/ssh_host_ed25519_key
printf '#!/bin/sh\\n' > /usr/local/bin/docker; chmod +x /usr/local/bin/docker
mkdir -p /run/sshd; exec /usr/sbin/sshd -D -e`;

beforeAll(async () => {
  layOut();
  start(
    "host",
    image("lab-host"),
    [...["--volume", `${at("host")}:/opt/vpai`, "--volume", `${files}:/files:ro`, "--entrypoint", "sh"]],
    "-euc",
    SSHD,
  );
  const gateway = docker("network", "inspect", "--format", "{{(index .IPAM.Config 0).Gateway}}", run);
  server = await S3Server.start(gateway, [], KEYS);
  way = await CutWay.to(server.address, gateway);
  const grants = [
    { principal: "push", may: "append" as const },
    { principal: "prune", may: "prune" as const },
  ];
  bucket = {
    ...{ endpoint: `http://${server.address}`, region: "us-east-1", bucket: BUCKET },
    ...{ accessKey: S3Server.accessKey, secretKey: S3Server.secretKey },
    ...{ keptDays: 30, lockedDays: 30, versioned: true, policy: bucketPolicy(BUCKET, grants) },
  };
}, 30 * minute);

afterAll(() => {
  way.close();
  server.stop();
  rmSync(files, { recursive: true, force: true });
});

test(
  "the bucket is made, keeps versions, locks them, and says who may do what; read back it is the same",
  async () => {
    const state = await s3BucketKind.ensure(bucket);
    // This server has no life cycles.
    expect(state.lacks).toEqual(["lifecycle"]);
    expect(await s3BucketKind.observe(state)).toEqual(state);
    const { sdk, client } = await clientOf(bucket);
    await client.send(
      new sdk.PutBucketVersioningCommand({ Bucket: BUCKET, VersioningConfiguration: { Status: "Enabled" } }),
    );
    await client.send(new sdk.DeleteBucketPolicyCommand({ Bucket: BUCKET }));
    expect(await s3BucketKind.observe(state)).toEqual({ ...state, policy: "" });
    expect(await s3BucketKind.ensure(bucket, state)).toEqual(state);
    expect(await s3BucketKind.observe(state)).toEqual(state);
  },
  minute,
);

test(
  "the host's sets are copied, and a host that is away is reported and fails nothing",
  async () => {
    makeSet();
    makeSet();
    const { code, said } = await push();
    expect([code, said]).toEqual([
      0,
      expect.stringContaining("away cannot be reached; its sets are taken when it is back"),
    ]);
    expect(sets()).toEqual(all);
    expect(figure("backup_exit_code")).toBe(0);
    expect(figure("backup_overdue_after_seconds")).toBe(93_600);
    expect(figure("backup_size_bytes")).toBeGreaterThan(400_000);
  },
  4 * minute,
);

test(
  "another push adds nothing",
  async () => {
    const before = copies();
    expect((await push()).code).toBe(0);
    expect(copies()).toEqual(before);
  },
  2 * minute,
);

test(
  "what comes back is what the host has made",
  () => {
    const [set = ""] = all.slice(-1);
    const sums = restic("dump", "--no-lock", "latest", `/srv/offsite/sets/${HOST}/SHA256SUMS`);
    expect(sums).toBe(onHost("cat", `/opt/vpai/backups/${set}/SHA256SUMS`));
  },
  minute,
);

/** A fault that lasts for one run: that tells no success and loses nothing, and the next one catches up. */
async function survives(fault: () => Promise<Outcome>, why: RegExp, mend: () => void = () => undefined): Promise<void> {
  const before = sets();
  const success = existsSync(at("metrics/offsite.prom")) ? figure("backup_last_success_timestamp_seconds") : 0;
  makeSet();
  const { code, said } = await fault();
  expect([code === 0 ? "success" : "failure", said]).toEqual(["failure", expect.stringMatching(why)]);
  expect(said).not.toContain("every set that could be reached is in the repository");
  expect(sets()).toEqual(expect.arrayContaining(before));
  expect(figure("backup_last_success_timestamp_seconds")).toBe(success);
  mend();
  const next = await push();
  expect([next.code, next.said]).toEqual([
    0,
    expect.stringContaining("every set that could be reached is in the repository"),
  ]);
  expect([...new Set(sets())]).toEqual([...all].sort());
  expect(figure("backup_exit_code")).toBe(0);
}

describe("broken on purpose", () => {
  test.each([20_000, 250_000])(
    "the server is cut off after %i bytes",
    (bytes) =>
      survives(
        () => {
          way.cutAfter(bytes);
          return push({ limit: 45 });
        },
        /./,
        () => {
          expect(way.isCut).toBe(true);
          way.mend();
        },
      ),
    5 * minute,
  );

  test(
    "the password is another one",
    () =>
      survives(
        () => {
          writeFileSync(at("push/password"), "another\n");
          return push();
        },
        /the repository's password is another one/,
        () => writeFileSync(at("push/password"), "canary-password\n"),
      ),
    4 * minute,
  );

  test(
    "the disk is full while a set is taken",
    () =>
      survives(
        () =>
          push({
            options: ["--env", "OFFSITE_MARGIN=0", "--env", "OFFSITE_STORE=/small", "--tmpfs", "/small:size=420k"],
          }),
        /No space left|could not be unpacked/i,
      ),
    4 * minute,
  );

  test(
    "there is less room than stays free in any case",
    () =>
      survives(
        () => push({ options: ["--env", "OFFSITE_MARGIN=9000000000000000"] }),
        /expected \d+ MiB free on the disk/,
      ),
    4 * minute,
  );

  test(
    "a file of the set is not as it was written",
    () => {
      const there = (): string => `/opt/vpai/backups/${all.at(-1) ?? ""}/notes/text`;
      return survives(
        () => {
          onHost("sh", "-c", `echo other > ${there()}`);
          return push();
        },
        /a file of \S+ is not as it was written/,
        () => onHost("sh", "-c", `echo text > ${there()}`),
      );
    },
    4 * minute,
  );

  test(
    "the repository is gone: nothing is made in its place",
    () => {
      const folder = path.join(server.root, BUCKET, "config");
      return survives(
        () => {
          execFileSync("mv", [folder, at("kept")]);
          return push();
        },
        /expected the repository [0-9a-f]{64} at \S+, found none\. Nothing was made/,
        () => execFileSync("mv", [at("kept"), folder]),
      );
    },
    4 * minute,
  );

  test(
    "it is killed in the upkeep: its lock is none, and nothing older is lost",
    async () => {
      const before = sets();
      const running = upkeep();
      const locks = (): number => restic("list", "locks", "--no-lock").split("\n").filter(Boolean).length;
      await eventually(() => expect(locks()).toBeGreaterThan(0), 60);
      docker("kill", "--signal", "KILL", `${run}-job`);
      expect((await running).code).toBe(137);
      expect(locks()).toBeGreaterThan(0);
      makeSet();
      expect((await push()).code).toBe(0);
      expect(sets()).toEqual(expect.arrayContaining([before.at(-1), all.at(-1)]));
      expect((await upkeep()).code).toBe(0);
      // What is forgotten stays so, though the host still has it.
      expect((await push()).code).toBe(0);
      expect(sets()).toEqual(all);
      restic("check", "--read-data", "--no-lock");
    },
    // A number of a process that is there again has its lock wait until it is stale, which is rare.
    40 * minute,
  );

  test(
    "a pack is damaged: the upkeep that reads it says so until it is mended",
    async () => {
      const [id = ""] = restic("list", "packs", "--no-lock", "--quiet").split("\n");
      const pack = path.join(server.root, BUCKET, "data", id.slice(0, 2), id);
      const good = readFileSync(pack);
      const bad = Buffer.from(good);
      bad[100] = (bad[100] ?? 0) ^ 1;
      writeFileSync(pack, bad);
      const outcomes: (number | null)[] = [];
      // Each run reads one part of eight, and the one with the pack again and again.
      for (let turn = 0; turn < 9; turn++) outcomes.push((await upkeep()).code);
      expect(outcomes.at(-1)).toBe(1);
      expect(outcomes.slice(outcomes.indexOf(1)).every((code) => code === 1)).toBe(true);
      writeFileSync(pack, good);
      expect((await upkeep()).code).toBe(0);
    },
    20 * minute,
  );
});

describe("clocks that are wrong", () => {
  /** A set of another moment, as a host's wrong clock, or one who has taken it over, makes it. */
  const pretend = (started: string): void => {
    makeSet();
    const [set = ""] = all.slice(-1);
    const folder = `/opt/vpai/backups/${set}`;
    const edit = `cd ${folder} && sed -i 's/"started": "[^"]*"/"started": "${started}"/' manifest.json &&
      sed -i '/  manifest.json$/d' SHA256SUMS && sha256sum manifest.json >> SHA256SUMS`;
    onHost("sh", "-euc", edit);
  };

  test.each(["2031-01-01T02:55:00Z", "2019-01-01T02:55:00Z"])(
    "a set of %s takes no other one's place: it is of now, and the newest",
    async (started) => {
      pretend(started);
      expect((await push()).code).toBe(0);
      const own = copies();
      const newest = [...own].sort((one, other) => (one.time < other.time ? -1 : 1)).at(-1);
      expect(newest?.tags).toEqual([`set=${all.at(-1) ?? ""}`]);
      expect(Math.abs(Date.parse(newest?.time ?? "") - Date.now())).toBeLessThan(10 * minute);
    },
    3 * minute,
  );
});

describe("nobody who was taken over deletes the past", () => {
  const as = (user: keyof typeof KEYS) => clientOf({ ...bucket, accessKey: user, secretKey: KEYS[user] });
  const denied = { name: "AccessDenied" };

  const snapshotKey = (): string => {
    const [name = ""] = restic("list", "snapshots", "--no-lock", "--quiet").split("\n");
    return `snapshots/${name}`;
  };

  test(
    "a host's key is good for its sets alone: it runs nothing, forwards nothing, and a host has no key of the bucket",
    () => {
      const ssh = (...args: string[]) =>
        spawnSync(
          "docker",
          [
            ...["run", "--rm", "--network", run, "--volume", `${at("config")}:/etc/offsite:ro`],
            ...["--volume", `${at("push")}:/run/secrets:ro`, "--entrypoint", "ssh", image("restic")],
            ...["-F", "/etc/offsite/ssh/config", ...args],
          ],
          { encoding: "utf8" },
        );
      const before = made();
      for (const asked of ["rm -rf /opt/vpai/backups", "get ../../etc", "get 000001-x; id", "list; id", "run"]) {
        const { status, stderr } = ssh(HOST, asked);
        expect([asked, status, stderr]).toEqual([asked, 1, expect.stringContaining("expected ")]);
      }
      expect(ssh("-s", HOST, "sftp").status).toBe(1);
      expect(ssh("-W", "127.0.0.1:22", HOST).stderr).toMatch(/administratively prohibited|forwarding failed/);
      expect(made()).toEqual(before);
      expect(onHost("sh", "-c", "grep -rl push-secret /opt /etc /root 2>/dev/null || :")).toBe("");
    },
    minute,
  );

  test(
    "the nightly key neither deletes nor, with what it overwrites, loses anything",
    async () => {
      const { sdk, client } = await as("push");
      const where = { Bucket: BUCKET, Key: snapshotKey() };
      await expect(client.send(new sdk.DeleteObjectCommand(where))).rejects.toMatchObject(denied);
      const owner = await clientOf(bucket);
      const { Versions = [] } = await owner.client.send(
        new sdk.ListObjectVersionsCommand({ Bucket: BUCKET, Prefix: where.Key }),
      );
      const VersionId = Versions[0]?.VersionId;
      if (VersionId === undefined) throw new Error("expected a version");
      await expect(client.send(new sdk.DeleteObjectCommand({ ...where, VersionId }))).rejects.toMatchObject(denied);
      const original = readFileSync(path.join(server.root, BUCKET, where.Key));
      await client.send(new sdk.PutObjectCommand({ ...where, Body: "overwritten" }));
      const kept = await owner.client.send(new sdk.GetObjectCommand({ ...where, VersionId }));
      expect(Buffer.from((await kept.Body?.transformToByteArray()) ?? []).equals(original)).toBe(true);
      // Back again, by the owner.
      await owner.client.send(new sdk.PutObjectCommand({ ...where, Body: original }));
      restic("snapshots", "--no-lock");
    },
    minute,
  );

  test(
    "the upkeep's key marks objects as deleted, which the owner takes back; it cannot delete what is kept, nor change the bucket",
    async () => {
      const { sdk, client } = await as("prune");
      const owner = await clientOf(bucket);
      const where = { Bucket: BUCKET, Key: snapshotKey() };
      const before = sets();
      const { VersionId: marker } = await client.send(new sdk.DeleteObjectCommand(where));
      expect(sets().length).toBe(before.length - 1);
      const { Versions = [] } = await owner.client.send(
        new sdk.ListObjectVersionsCommand({ Bucket: BUCKET, Prefix: where.Key }),
      );
      for (const { VersionId } of Versions)
        if (VersionId !== undefined)
          for (const one of [client, owner.client])
            // The owner's key neither: they are locked.
            await expect(one.send(new sdk.DeleteObjectCommand({ ...where, VersionId }))).rejects.toThrow();
      if (marker === undefined) throw new Error("expected a mark of the deletion");
      await owner.client.send(new sdk.DeleteObjectCommand({ ...where, VersionId: marker }));
      expect(sets()).toEqual(before);
      const Bucket = BUCKET;
      const changes = [
        () =>
          client.send(new sdk.PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Suspended" } })),
        () => client.send(new sdk.PutBucketPolicyCommand({ Bucket, Policy: bucket.policy })),
        () => client.send(new sdk.DeleteBucketPolicyCommand({ Bucket })),
        () => client.send(new sdk.DeleteBucketCommand({ Bucket })),
      ];
      for (const change of changes) await expect(change()).rejects.toMatchObject(denied);
    },
    minute,
  );

  test(
    "all of it deleted by the upkeep's key, and a file overwritten by the nightly one, comes back",
    async () => {
      const [prune, owner] = [await as("prune"), await clientOf(bucket)];
      const before = sets();
      const { Contents = [] } = await owner.client.send(new owner.sdk.ListObjectsV2Command({ Bucket: BUCKET }));
      expect(Contents.length).toBeGreaterThan(5);
      await (
        await as("push")
      ).client.send(new owner.sdk.PutObjectCommand({ Bucket: BUCKET, Key: "config", Body: "taken over" }));
      for (const { Key } of Contents)
        await prune.client.send(new prune.sdk.DeleteObjectCommand({ Bucket: BUCKET, Key }));
      expect((await push()).said).toContain("found none. Nothing was made");
      const found = await undeletionIn(owner, BUCKET);
      // Of what the upkeep has removed before, too.
      const keys = found.marks.map(({ key }) => key);
      expect(keys).toEqual(
        expect.arrayContaining(Contents.map(({ Key = "" }) => Key).filter((key) => !key.startsWith("locks/"))),
      );
      expect(found.firsts.map(({ key }) => key)).toEqual(["config"]);
      await undelete(owner, BUCKET, found);
      expect(sets()).toEqual(expect.arrayContaining(before));
      restic("check", "--read-data", "--no-lock");
      expect(await undeletionIn(owner, BUCKET)).toEqual({ marks: [], firsts: [] });
      expect((await push()).code).toBe(0);
      expect((await upkeep()).code).toBe(0);
      expect(sets()).toEqual(all);
    },
    4 * minute,
  );

  test(
    "a bucket with something in it is not deleted with its stack",
    async () => {
      const state = await s3BucketKind.ensure(bucket);
      await s3BucketKind.remove(state);
      expect(sets()).toEqual([...all].sort());
      const empty = {
        ...bucket,
        bucket: "vpai-empty",
        lockedDays: 0,
        policy: bucketPolicy("vpai-empty", [{ principal: "push", may: "share" }]),
      };
      await s3BucketKind.remove(await s3BucketKind.ensure(empty));
      expect(await s3BucketKind.observe({ ...empty, lacks: [] })).toBeUndefined();
    },
    minute,
  );
});
