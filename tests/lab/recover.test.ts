import { execFileSync } from "node:child_process";
import { computerOf } from "../../commands/recover/computer";
import { type Repository, ResticOn } from "../../commands/recover/restic";
import { copyOf } from "../../commands/backups/offsite";
import { BucketStore } from "../../commands/state/bucket";
import { copiesOf, keepCopy, newestGood } from "../../commands/state/copies";
import { type GoodState, inspectState } from "../../commands/state/inspect";
import { keysOf } from "../../commands/state/store";
import { bucketPolicy } from "../../components/buckets";
import { ensureImage } from "../../lab/images/build";
import { backupScripts } from "../../programs/backup";
import { s3BucketKind } from "../../providers/resources/s3-bucket";
import { stateWith } from "../unit/commands/state/sample";
import { eventually } from "../eventually";
import { BareHost } from "./harness/bare-host";
import { docker, run as prefix } from "./harness/containers";
import { CutWay } from "./harness/cut";
import { S3Server } from "./harness/s3";

/**
 * What a recovery does on a new host, with the real Restic and a bucket of a real S3 server that has the platform's policy: a set comes
 * straight from there. Whole platforms are in tests/lab/all/recover.test.ts.
 */

const host = BareHost.use("new");

const MINUTE = 60_000;
const BUCKET = "vpai-backups";
const KEYS = { push: "push-canary-secret", prune: "prune-canary-secret" };
const PASSWORD = "password-canary-secret";
const SET = "000042-20261129T025500Z";
const PROGRAM = "/opt/vpai/configs/backup-seed";
const BACKUP = ["bash", `${PROGRAM}/backup.sh`, "/opt/vpai", "vpai_", "-"];

let server: S3Server;
let way: CutWay;
let image: string;

const repositoryAt = (address: string): Repository => ({
  ...{ repository: `s3:http://${address}/${BUCKET}`, region: "us-east-1" },
  ...{ password: PASSWORD, accessKey: "push", secretKey: KEYS.push },
});

/** Restic on the host, by a way that can be cut. */
const restic = (more: Partial<Repository> = {}): ResticOn =>
  new ResticOn(host().connection, image, { ...repositoryAt(way.address), ...more });

const put = (file: string, content: string): void =>
  void execFileSync(
    "docker",
    ["exec", "--interactive", `${prefix}-new`, "sh", "-euc", 'mkdir -p "$(dirname "$1")"; cat > "$1"', "sh", file],
    { input: content },
  );

/** Restic as the hub runs it. */
const asHub = (script: string): string =>
  host().sh(
    `docker run --rm --network host --volume /srv/offsite:/srv/offsite --env RESTIC_PASSWORD=${PASSWORD} --env AWS_DEFAULT_REGION=us-east-1 \\
  --env AWS_ACCESS_KEY_ID=push --env AWS_SECRET_ACCESS_KEY=${KEYS.push} --env RESTIC_REPOSITORY=${repositoryAt(server.address).repository} \\
  --entrypoint sh ${image} -euc '${script}'`,
  );

const BUCKET_INPUTS = {
  ...{ region: "us-east-1", bucket: BUCKET, accessKey: S3Server.accessKey, secretKey: S3Server.secretKey },
  ...{ keptDays: 30, lockedDays: 30, versioned: true },
  policy: bucketPolicy(
    BUCKET,
    [
      { principal: "push", may: "append" },
      { principal: "prune", may: "prune" },
    ],
    { ownersFolder: "state" },
  ),
};

/** A set as its host had made it, which is gone; one of its files does not compress. */
const MAKE_SET = `mkdir -p /srv/offsite/sets/seed/notes; cd /srv/offsite/sets/seed
head -c 3000000 /dev/urandom > notes/random; echo text > notes/text
printf '{\\n  "format": 1,\\n  "set": "${SET}",\\n  "host": "seed",\\n  "parts": []\\n}\\n' > manifest.json
sha256sum notes/random notes/text manifest.json > SHA256SUMS`;

/** Keeps what processes and containers show, until it is over. */
const WATCH = `while [ ! -e /run/over ]; do
  ps -eo args; docker ps --all --quiet | xargs -r docker inspect; sleep 0.2
done > /run/seen 2>/dev/null`;

beforeAll(async () => {
  image = await ensureImage("restic");
  const load = 'docker save "$1" | docker exec --interactive "$2" docker load';
  execFileSync("sh", ["-c", load, "sh", image, `${prefix}-new`], { stdio: "ignore" });
  const gateway = docker("network", "inspect", "--format", "{{(index .IPAM.Config 0).Gateway}}", prefix);
  server = await S3Server.start(gateway, [], KEYS);
  way = await CutWay.to(server.address, gateway);
  await s3BucketKind.ensure({ ...BUCKET_INPUTS, endpoint: `http://${server.address}` });
}, 5 * MINUTE);

afterAll(() => {
  way.close();
  server.stop();
});

test(
  "a computer without anything of the stack is told from one that has it",
  async () => {
    const one = { connection: host().connection, vanishes: false };
    expect(await computerOf("seed", one, "/opt/vpai")).toBe("empty");
    for (const [file, content] of Object.entries(backupScripts())) put(`${PROGRAM}/${file}`, content);
    put(`${PROGRAM}/plan`, "host\tseed\npart\tnotes\tnotes\tnote\t-\n");
    expect(await computerOf("seed", one, "/opt/vpai")).toBe("there");
    const nobody = { ...host().connection, host: "192.0.2.1" };
    expect(await computerOf("seed", { connection: nobody, vanishes: true }, "/opt/vpai", 3)).toBe("away");
    await expect(computerOf("seed", { connection: nobody, vanishes: false }, "/opt/vpai", 3)).rejects.toThrow(
      "expected the new computer to let us in",
    );
  },
  4 * MINUTE,
);

test(
  "without a repository, and with another password, it says so",
  async () => {
    const before = restic();
    await expect(before.copies("seed")).rejects.toThrow(/expected the repository \S+, found no repository there/);
    before.close();
    host().sh(MAKE_SET);
    asHub(`restic init --quiet
restic backup --quiet --host seed --tag set=${SET} --time "2026-11-29 02:55:00" /srv/offsite/sets/seed`);
    host().sh("rm -rf /srv/offsite");
    const other = restic({ password: "another" });
    await expect(other.copies("seed")).rejects.toThrow("found that its password is another one");
    other.close();
  },
  4 * MINUTE,
);

test(
  "a set that was cut off on its way is none; the next try brings it as it was written",
  async () => {
    const one = restic();
    try {
      const copies = await one.copies("seed");
      expect(copies.map(({ set, host: whose }) => [set, whose])).toEqual([[SET, "seed"]]);
      expect(await one.copies("another")).toEqual([]);
      const copy = copyOf(copies, "seed", "");
      // It asks a few times, and in the middle nobody answers any more; by itself it would try for a quarter of an hour.
      way.cutAfter(1_500);
      const cut = one.give(copy, [...BACKUP, "accept", SET]);
      await eventually(() => expect(way.isCut).toBe(true), 60);
      host().sh(`docker kill $(docker ps --quiet --filter ancestor=${image})`);
      expect(await cut).toBe(false);
      expect(host().sh("ls -A /opt/vpai/backups").trim()).toBe(".lock");
      way.mend();
      expect(await one.give(copy, [...BACKUP, "accept", SET])).toBe(true);
      expect(host().sh(`bash ${BACKUP.slice(1).join(" ")} check ${SET}`)).toContain("is as it was written");
      expect(host().sh(`stat -c %a /opt/vpai/backups/${SET}`).trim()).toBe("700");
    } finally {
      one.close();
    }
  },
  4 * MINUTE,
);

test(
  "a set whose file is another one in the repository is not taken in",
  async () => {
    host().sh(`${MAKE_SET}; echo other > notes/text`);
    asHub("restic backup --quiet --host seed --tag set=000043-20261129T035500Z /srv/offsite/sets/seed");
    const one = restic();
    const copy = copyOf(await one.copies("seed"), "seed", "");
    expect(copy.set).toBe("000043-20261129T035500Z");
    expect(await one.give(copy, [...BACKUP, "accept", copy.set])).toBe(false);
    one.close();
    expect(host().sh("ls -A /opt/vpai/backups | grep -v lock").trim()).toBe(SET);
  },
  4 * MINUTE,
);

test(
  "no secret stays on the host, nor was one to be seen there",
  async () => {
    const secrets = [PASSWORD, KEYS.push].join("\\n");
    const files = "/opt /etc /root /tmp /run /var/lib/docker/containers /var/log";
    expect(host().sh(`printf '${secrets}\\n' | grep -rlIF -f - ${files} 2>/dev/null || :`).trim()).toBe("");
    const one = restic();
    host().sh(`nohup sh -c '${WATCH}' > /dev/null 2>&1 &`);
    await one.copies("seed");
    one.close();
    host().sh("touch /run/over; sleep 2");
    expect(Number(host().sh("grep -c restic /run/seen"))).toBeGreaterThan(0);
    expect(host().sh("grep -c canary-secret /run/seen || :").trim()).toBe("0");
  },
  4 * MINUTE,
);

describe("the copies of the state in the same bucket", () => {
  const stateAt = (accessKeyId: string, secretAccessKey: string) => ({
    stack: "prod",
    store: new BucketStore({
      ...{ bucket: BUCKET, prefix: "", region: "us-east-1", endpoint: `http://${server.address}` },
      ...{ forcePathStyle: true, anonymous: false, withoutTls: false },
      ...{ useAccelerateEndpoint: false, useDualstackEndpoint: false, useFipsEndpoint: false },
      credentials: { accessKeyId, secretAccessKey },
    }),
    keys: { ...keysOf("prod"), copies: "state/vpai/prod" },
  });
  const owners = () => stateAt(S3Server.accessKey, S3Server.secretKey);
  const keep = (names: string[]): Promise<void> =>
    keepCopy(owners(), stateWith(names), inspectState(stateWith(names)) as GoodState);

  test(
    "are written and read by its owner's key, where versions are locked, and are nothing to Restic",
    async () => {
      await keep(["a"]);
      await keep(["a"]);
      await keep(["a", "b"]);
      expect((await copiesOf(owners())).map(({ count }) => count)).toEqual([2, 1]);
      expect((await newestGood(owners()))?.content).toEqual(stateWith(["a", "b"]));
      asHub("restic check --no-lock --quiet && restic snapshots --no-lock");
    },
    4 * MINUTE,
  );

  test.each(["push", "prune"] as const)("are nothing that the key of %s reads, replaces or removes", async (user) => {
    const [copy] = await copiesOf(owners());
    const { store } = stateAt(user, KEYS[user]);
    const key = copy?.key ?? "";
    const forged = Buffer.from("forged");
    for (const work of [
      () => store.read(key),
      () => store.write(key, forged),
      () => store.write("state/vpai/prod/forged.json", forged),
      () => store.remove(key),
    ])
      await expect(work()).rejects.toThrow(/AccessDenied/);
    expect((await newestGood(owners()))?.content).toEqual(stateWith(["a", "b"]));
  });
});
