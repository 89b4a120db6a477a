import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { bucketPolicy } from "../../../components/buckets";
import { undelete, undeletionIn } from "../../../commands/buckets/undelete";
import { s3BucketKind } from "../../../providers/resources/s3-bucket";
import { clientOf } from "../../../providers/s3/client";
import { eventually } from "../../eventually";
import { docker, image, minute, run } from "../harness/containers";
import { type Call, jobFailed } from "../harness/job-figures";
import { BUCKET, copiesFailed, OVERDUE, HOST, KEYS, Offsite, type Outcome } from "../harness/offsite";

/** Copies of a host's sets elsewhere, and what goes wrong with that, made to go wrong. What lasts for nights is in offsite-nights. */

const offsite = Offsite.use();

/** Every set of these tests is of one day, of which the last stays, and the very first of all, as long as months and years are few. */
async function upkeep(): Promise<Outcome> {
  const outcome = await offsite.upkeep();
  if (outcome.code === 0 && offsite.all.length > 2) offsite.all.splice(1, offsite.all.length - 2);
  return outcome;
}

test(
  "the bucket is made, keeps versions, locks them, and says who may do what; read back it is the same",
  async () => {
    const state = await s3BucketKind.ensure(offsite.bucket);
    // This server has no life cycles.
    expect(state.lacks).toEqual(["lifecycle"]);
    expect(await s3BucketKind.observe(state)).toEqual(state);
    const { sdk, client } = await clientOf(offsite.bucket);
    await client.send(
      new sdk.PutBucketVersioningCommand({ Bucket: BUCKET, VersioningConfiguration: { Status: "Enabled" } }),
    );
    await client.send(new sdk.DeleteBucketPolicyCommand({ Bucket: BUCKET }));
    expect(await s3BucketKind.observe(state)).toEqual({ ...state, policy: "" });
    expect(await s3BucketKind.ensure(offsite.bucket, state)).toEqual(state);
    expect(await s3BucketKind.observe(state)).toEqual(state);
  },
  minute,
);

test(
  "the host's sets are copied, and a host that is away is reported and fails nothing",
  async () => {
    offsite.makeSet();
    offsite.makeSet();
    const { code, said } = await offsite.push();
    expect([code, said]).toEqual([
      0,
      expect.stringContaining("away cannot be reached; its sets are taken when it is back"),
    ]);
    expect(offsite.sets()).toEqual(offsite.all);
    expect(offsite.figure("backup_exit_code")).toBe(0);
    expect(offsite.figure("backup_overdue_after_seconds")).toBe(93_600);
    expect(offsite.figure("backup_size_bytes")).toBeGreaterThan(400_000);
  },
  4 * minute,
);

test(
  "another push adds nothing",
  async () => {
    const before = offsite.copies();
    expect((await offsite.push()).code).toBe(0);
    expect(offsite.copies()).toEqual(before);
  },
  2 * minute,
);

test(
  "what comes back is what the host has made",
  () => {
    const [set = ""] = offsite.all.slice(-1);
    const sums = offsite.restic("dump", "--no-lock", "latest", `/srv/offsite/sets/${HOST}/SHA256SUMS`);
    expect(sums).toBe(offsite.onHost("cat", `/opt/vpai/backups/${set}/SHA256SUMS`));
  },
  minute,
);

describe("broken on purpose", () => {
  test.each([20_000, 250_000])(
    "the server is cut off after %i bytes",
    (bytes) =>
      offsite.survives(
        `cut off after ${bytes} bytes`,
        () => {
          offsite.way.cutAfter(bytes);
          return offsite.push({ limit: 45 });
        },
        /./,
        () => {
          expect(offsite.way.isCut).toBe(true);
          offsite.way.mend();
        },
      ),
    5 * minute,
  );

  test(
    "the password is another one",
    () =>
      offsite.survives(
        "another password",
        () => {
          writeFileSync(offsite.at("push/password"), "another\n");
          return offsite.push();
        },
        /the repository's password is another one/,
        () => writeFileSync(offsite.at("push/password"), "canary-password\n"),
      ),
    4 * minute,
  );

  test(
    "the disk is full while a set is taken",
    () =>
      offsite.survives(
        "the disk is full",
        () =>
          // As if there were room, or it would not begin.
          offsite.push({
            options: [
              "--env",
              "OFFSITE_MARGIN=-1000000",
              "--env",
              "OFFSITE_STORE=/small",
              "--tmpfs",
              "/small:size=300k",
            ],
          }),
        /No space left|could not be unpacked/i,
        // It is noted all the same.
        () => expect(offsite.figure("backup_exit_code")).toBe(1),
      ),
    4 * minute,
  );

  test(
    "there is less room than stays free in any case",
    () =>
      offsite.survives(
        "too little room",
        () => offsite.push({ options: ["--env", "OFFSITE_MARGIN=9000000000000000"] }),
        /expected \d+ MiB free on the disk/,
      ),
    4 * minute,
  );

  test(
    "a file of the set is not as it was written",
    () => {
      const there = (): string => `/opt/vpai/backups/${offsite.all.at(-1) ?? ""}/notes/text`;
      return offsite.survives(
        "a file of the set was changed",
        () => {
          offsite.onHost("sh", "-c", `echo other > ${there()}`);
          return offsite.push();
        },
        /a file of \S+ is not as it was written/,
        () => offsite.onHost("sh", "-c", `echo text > ${there()}`),
      );
    },
    4 * minute,
  );

  test(
    "the repository is gone: nothing is made in its place",
    () => {
      const folder = path.join(offsite.server.root, BUCKET, "config");
      return offsite.survives(
        "the repository is gone",
        () => {
          execFileSync("mv", [folder, offsite.at("kept")]);
          return offsite.push();
        },
        /expected the repository [0-9a-f]{64} at \S+, found none\. Nothing was made/,
        () => execFileSync("mv", [offsite.at("kept"), folder]),
      );
    },
    4 * minute,
  );

  test(
    "it is killed in the upkeep: its lock is none, and nothing older is lost",
    async () => {
      const before = offsite.sets();
      // Slowly, or it is over before anybody sees it.
      offsite.way.slowBy(200);
      const running = upkeep();
      const locks = (): number => offsite.restic("list", "locks", "--no-lock").split("\n").filter(Boolean).length;
      await eventually(() => expect(locks()).toBeGreaterThan(0), 60);
      docker("kill", "--signal", "KILL", `${run}-job`);
      expect((await running).code).toBe(137);
      offsite.figures.keep("killed in the upkeep");
      offsite.way.mend();
      expect(locks()).toBeGreaterThan(0);
      offsite.makeSet();
      expect((await offsite.push()).code).toBe(0);
      expect(offsite.sets()).toEqual(expect.arrayContaining([before.at(-1), offsite.all.at(-1)]));
      expect((await upkeep()).code).toBe(0);
      // What is forgotten stays so, though the host still has it.
      expect((await offsite.push()).code).toBe(0);
      expect(offsite.sets()).toEqual(offsite.all);
      offsite.restic("check", "--read-data", "--no-lock");
    },
    // A number of a process that is there again has its lock wait until it is stale, which is rare.
    40 * minute,
  );

  test(
    "a pack is damaged: the upkeep that reads it says so until it is mended",
    async () => {
      const [id = ""] = offsite.restic("list", "packs", "--no-lock", "--quiet").split("\n");
      const pack = path.join(offsite.server.root, BUCKET, "data", id.slice(0, 2), id);
      const good = readFileSync(pack);
      const bad = Buffer.from(good);
      bad[100] = (bad[100] ?? 0) ^ 1;
      writeFileSync(pack, bad);
      const outcomes: (number | null)[] = [];
      // Each run reads one part of eight, and the one with the pack again and again.
      for (let turn = 0; turn < 9; turn++) outcomes.push((await upkeep()).code);
      expect(outcomes.at(-1)).toBe(1);
      expect(outcomes.slice(outcomes.indexOf(1)).every((code) => code === 1)).toBe(true);
      offsite.figures.keep("a damaged pack");
      writeFileSync(pack, good);
      expect((await upkeep()).code).toBe(0);
    },
    20 * minute,
  );

  /** Typed in: what a run that got to the host's turn says of it, and what systemd notes of any run. */
  const CALLS: Record<string, Call[]> = {
    "cut off after 20000 bytes": [jobFailed("offsite", 124), ...OVERDUE],
    "cut off after 250000 bytes": [jobFailed("offsite", 124), ...OVERDUE],
    "another password": [jobFailed("offsite", 1), ...OVERDUE],
    "the disk is full": [copiesFailed(1), jobFailed("offsite", 1), ...OVERDUE],
    "too little room": [copiesFailed(1), jobFailed("offsite", 1), ...OVERDUE],
    "a file of the set was changed": [copiesFailed(3), jobFailed("offsite", 1), ...OVERDUE],
    "the repository is gone": [jobFailed("offsite", 1), ...OVERDUE],
    "killed in the upkeep": [jobFailed("offsite-upkeep", 137), ...OVERDUE],
    "a damaged pack": [jobFailed("offsite-upkeep", 1), ...OVERDUE],
  };

  test(
    "of each of them the owner is told, and again where no run catches up",
    () => offsite.figures.expectCalls(CALLS),
    5 * minute,
  );
});

describe("clocks that are wrong", () => {
  /** A set of another moment, as a host's wrong clock, or one who has taken it over, makes it. */
  const pretend = (started: string): void => {
    offsite.makeSet();
    const [set = ""] = offsite.all.slice(-1);
    const folder = `/opt/vpai/backups/${set}`;
    const edit = `cd ${folder} && sed -i 's/"started": "[^"]*"/"started": "${started}"/' manifest.json &&
      sed -i '/  manifest.json$/d' SHA256SUMS && sha256sum manifest.json >> SHA256SUMS`;
    offsite.onHost("sh", "-euc", edit);
  };

  test.each(["2031-01-01T02:55:00Z", "2019-01-01T02:55:00Z"])(
    "a set of %s takes no other one's place: it is of now, and the newest",
    async (started) => {
      pretend(started);
      expect((await offsite.push()).code).toBe(0);
      const own = offsite.copies();
      const newest = [...own].sort((one, other) => (one.time < other.time ? -1 : 1)).at(-1);
      expect(newest?.tags).toEqual([`set=${offsite.all.at(-1) ?? ""}`]);
      expect(Math.abs(Date.parse(newest?.time ?? "") - Date.now())).toBeLessThan(10 * minute);
    },
    3 * minute,
  );
});

describe("nobody who was taken over deletes the past", () => {
  const as = (user: keyof typeof KEYS) => clientOf({ ...offsite.bucket, accessKey: user, secretKey: KEYS[user] });
  const denied = { name: "AccessDenied" };

  const snapshotKey = (): string => {
    const [name = ""] = offsite.restic("list", "snapshots", "--no-lock", "--quiet").split("\n");
    return `snapshots/${name}`;
  };

  test(
    "a host's key is good for its sets alone: it runs nothing, forwards nothing, and a host has no key of the bucket",
    () => {
      const ssh = (...args: string[]) =>
        spawnSync(
          "docker",
          [
            ...["run", "--rm", "--network", run, "--volume", `${offsite.at("config")}:/etc/offsite:ro`],
            ...["--volume", `${offsite.at("push")}:/run/secrets:ro`, "--entrypoint", "ssh", image("restic")],
            ...["-F", "/etc/offsite/ssh/config", ...args],
          ],
          { encoding: "utf8" },
        );
      const before = offsite.made();
      for (const asked of ["rm -rf /opt/vpai/backups", "get ../../etc", "get 000001-x; id", "list; id", "run"]) {
        const { status, stderr } = ssh(HOST, asked);
        expect([asked, status, stderr]).toEqual([asked, 1, expect.stringContaining("expected ")]);
      }
      expect(ssh("-s", HOST, "sftp").status).toBe(1);
      expect(ssh("-W", "127.0.0.1:22", HOST).stderr).toMatch(/administratively prohibited|forwarding failed/);
      expect(offsite.made()).toEqual(before);
      expect(offsite.onHost("sh", "-c", "grep -rl push-secret /opt /etc /root 2>/dev/null || :")).toBe("");
    },
    minute,
  );

  test(
    "the nightly key neither deletes nor, with what it overwrites, loses anything",
    async () => {
      const { sdk, client } = await as("push");
      const where = { Bucket: BUCKET, Key: snapshotKey() };
      await expect(client.send(new sdk.DeleteObjectCommand(where))).rejects.toMatchObject(denied);
      const owner = await clientOf(offsite.bucket);
      const { Versions = [] } = await owner.client.send(
        new sdk.ListObjectVersionsCommand({ Bucket: BUCKET, Prefix: where.Key }),
      );
      const VersionId = Versions[0]?.VersionId;
      if (VersionId === undefined) throw new Error("expected a version");
      await expect(client.send(new sdk.DeleteObjectCommand({ ...where, VersionId }))).rejects.toMatchObject(denied);
      const original = readFileSync(path.join(offsite.server.root, BUCKET, where.Key));
      await client.send(new sdk.PutObjectCommand({ ...where, Body: "overwritten" }));
      const kept = await owner.client.send(new sdk.GetObjectCommand({ ...where, VersionId }));
      expect(Buffer.from((await kept.Body?.transformToByteArray()) ?? []).equals(original)).toBe(true);
      // Back again, by the owner.
      await owner.client.send(new sdk.PutObjectCommand({ ...where, Body: original }));
      offsite.restic("snapshots", "--no-lock");
    },
    minute,
  );

  test(
    "the upkeep's key marks objects as deleted, which the owner takes back; it cannot delete what is kept, nor change the bucket",
    async () => {
      const { sdk, client } = await as("prune");
      const owner = await clientOf(offsite.bucket);
      const where = { Bucket: BUCKET, Key: snapshotKey() };
      const before = offsite.sets();
      const { VersionId: marker } = await client.send(new sdk.DeleteObjectCommand(where));
      expect(offsite.sets().length).toBe(before.length - 1);
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
      expect(offsite.sets()).toEqual(before);
      const Bucket = BUCKET;
      const changes = [
        () =>
          client.send(new sdk.PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Suspended" } })),
        () => client.send(new sdk.PutBucketPolicyCommand({ Bucket, Policy: offsite.bucket.policy })),
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
      const [prune, owner] = [await as("prune"), await clientOf(offsite.bucket)];
      const before = offsite.sets();
      const { Contents = [] } = await owner.client.send(new owner.sdk.ListObjectsV2Command({ Bucket: BUCKET }));
      expect(Contents.length).toBeGreaterThan(5);
      await (
        await as("push")
      ).client.send(new owner.sdk.PutObjectCommand({ Bucket: BUCKET, Key: "config", Body: "taken over" }));
      for (const { Key } of Contents)
        await prune.client.send(new prune.sdk.DeleteObjectCommand({ Bucket: BUCKET, Key }));
      expect((await offsite.push()).said).toContain("found none. Nothing was made");
      const found = await undeletionIn(owner, BUCKET);
      // Of what the upkeep has removed before, too.
      const keys = found.marks.map(({ key }) => key);
      expect(keys).toEqual(
        expect.arrayContaining(Contents.map(({ Key = "" }) => Key).filter((key) => !key.startsWith("locks/"))),
      );
      expect(found.firsts.map(({ key }) => key)).toEqual(["config"]);
      await undelete(owner, BUCKET, found);
      expect(offsite.sets()).toEqual(expect.arrayContaining(before));
      offsite.restic("check", "--read-data", "--no-lock");
      expect(await undeletionIn(owner, BUCKET)).toEqual({ marks: [], firsts: [] });
      expect((await offsite.push()).code).toBe(0);
      expect((await upkeep()).code).toBe(0);
      expect(offsite.sets()).toEqual(offsite.all);
    },
    4 * minute,
  );

  test(
    "a bucket with something in it is not deleted with its stack",
    async () => {
      const state = await s3BucketKind.ensure(offsite.bucket);
      await s3BucketKind.remove(state);
      expect(offsite.sets()).toEqual([...offsite.all].sort());
      const empty = {
        ...offsite.bucket,
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
