import { spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { s3BucketKind } from "../../../providers/resources/s3-bucket";
import { clientOf } from "../../../providers/s3/client";
import { docker, minute, run } from "../harness/containers";
import { type Call, jobFailed } from "../harness/job-figures";
import { BUCKET, OVERDUE, Offsite, type Outcome } from "../harness/offsite";

/**
 * Copies elsewhere through what lasts for nights, and what takes an S3 server with a disk of its own: one that is full, a removal of what is
 * old that is killed, a hub that is down, clocks that go back.
 */

/** Bytes: thirteen nights' sets, and what Restic adds. */
const offsite = Offsite.use(64_000_000);

beforeAll(async () => void (await s3BucketKind.ensure(offsite.bucket)), minute);

/** A night of the year 2026: the host makes its set at five to three. */
function makeSetOf(night: string, hour = "02:55"): void {
  offsite.setClock("host", `2026-${night}T${hour}:00Z`);
  offsite.makeSet();
}

/** What the upkeep leaves is what there is from then on. */
async function upkeep(): Promise<Outcome> {
  const outcome = await offsite.upkeep();
  if (outcome.code === 0) offsite.all.splice(0, offsite.all.length, ...offsite.sets());
  return outcome;
}

/** Milliseconds since 1970. */
const at = (night: string, hour = "02:55"): number => Date.parse(`2026-${night}T${hour}:00Z`);

/** And at three the hub comes for it. */
async function pushAt(night: string): Promise<Outcome> {
  offsite.setClock("hub", `2026-${night}T03:00:00Z`);
  return offsite.push();
}

async function pass(night: string): Promise<void> {
  makeSetOf(night);
  const { code, said } = await pushAt(night);
  expect([night, code, code === 0 ? "" : said]).toEqual([night, 0, ""]);
}

/** Moments of the snapshots, and the numbers of their sets, the oldest first. */
const kept = (): string[] =>
  offsite
    .copies()
    .map(({ time, tags }) => `${time.slice(5, 16)} ${tags[0]?.slice(4, 10) ?? ""}`)
    .sort();

/** Waits until the upkeep removes what is old. */
async function inPrune(): Promise<void> {
  for (let look = 0; look < 600; look++) {
    if (/restic .*prune/.test(processesOfJob())) return;
    await sleep(100);
  }
  throw new Error("expected restic prune");
}

const processesOfJob = (): string =>
  spawnSync("docker", ["top", `${run}-job`, "-eo", "pid,args"], { encoding: "utf8" }).stdout;

describe("a hub that is down for three nights", () => {
  // From a Thursday to a Friday of the next week but one.
  const BEFORE = ["10-22", "10-23", "10-24", "10-25", "10-26", "10-27", "10-28", "10-29", "10-30"];
  /** The last seven; the Sundays before; 22 October is the first of all, and stands for weeks, months and years that were not lived. */
  const STAYS = [
    ...["10-22T02:55 000001", "10-25T02:55 000004", "10-28T02:55 000007", "10-29T02:55 000008"],
    ...["10-30T02:55 000009", "10-31T02:55 000010", "11-01T02:55 000011", "11-02T02:55 000012"],
    "11-03T02:55 000013",
  ];
  const MISSED = ["10-31", "11-01", "11-02"];

  test(
    "takes all of them once it is back, in their order, each with its own moment",
    async () => {
      for (const night of BEFORE) await pass(night);
      for (const night of MISSED) makeSetOf(night);
      expect(kept()).toHaveLength(9);
      makeSetOf("11-03");
      const { code, said } = await pushAt("11-03");
      expect(code).toBe(0);
      const taken = [...said.matchAll(/seed: (\d{6})-\S+ is in the repository/g)].map(([, number]) => number);
      expect(taken).toEqual(["000010", "000011", "000012", "000013"]);
      expect(kept().slice(-4)).toEqual([
        ...["10-31T02:55 000010", "11-01T02:55 000011", "11-02T02:55 000012", "11-03T02:55 000013"],
      ]);
    },
    10 * minute,
  );

  test(
    "a removal of what is old that is killed loses nothing that stays, and the next one ends it",
    async () => {
      const killed = offsite.upkeep();
      offsite.way.slowBy(300);
      await inPrune();
      docker("kill", "--signal", "KILL", `${run}-job`);
      expect((await killed).code).toBe(137);
      offsite.figures.keep("killed in the prune", at("11-03", "03:00"));
      offsite.way.mend();
      expect(kept()).toEqual(STAYS);
      expect((await upkeep()).code).toBe(0);
      offsite.restic("check", "--read-data", "--no-lock");
    },
    // A number of a process that is there again has its lock wait until it is stale, which is rare.
    40 * minute,
  );

  test("what stays of thirteen nights is what stays of nights that nobody missed", () => expect(kept()).toEqual(STAYS));
});

describe("a clock that goes back by a day", () => {
  test(
    "of the host that makes the set: its set is the newest all the same, and takes no other one's place",
    async () => {
      makeSetOf("11-03");
      expect(offsite.made().at(-1)).toBe("000014-20261103T025500Z");
      expect((await pushAt("11-04")).code).toBe(0);
      await pass("11-05");
      expect(kept().slice(-3)).toEqual(["11-03T02:55 000013", "11-04T03:00 000014", "11-05T02:55 000015"]);
      expect((await upkeep()).code).toBe(0);
      expect(kept().slice(-3)).toEqual(["11-03T02:55 000013", "11-04T03:00 000014", "11-05T02:55 000015"]);
    },
    5 * minute,
  );

  test(
    "of the hub: nothing is done, the owner is told, and the next night takes both sets with their own moments",
    async () => {
      const before = kept();
      makeSetOf("11-06");
      const { code, said } = await pushAt("11-05");
      expect([code, said]).toEqual([
        1,
        expect.stringMatching(/clock says 2026-11-05T03:00:\d\dZ, and said 2026-11-05T03:\d\d:\d\dZ before/),
      ]);
      expect(kept()).toEqual(before);
      offsite.figures.keep("the hub's clock went back", at("11-05"));
      await pass("11-07");
      expect(kept()).toEqual([...before, "11-06T02:55 000016", "11-07T02:55 000017"]);
    },
    5 * minute,
  );

  test("an S3 server refuses whoever has such a clock", async () => {
    const { sdk } = await clientOf(offsite.bucket);
    const { endpoint, region, accessKey: accessKeyId, secretKey: secretAccessKey } = offsite.bucket;
    const late = new sdk.S3Client({
      ...{ endpoint, region, forcePathStyle: true, credentials: { accessKeyId, secretAccessKey } },
      // Tried again, it would have the server's own clock.
      ...{ systemClockOffset: -24 * 60 * minute, maxAttempts: 1 },
    });
    await expect(late.send(new sdk.ListObjectsV2Command({ Bucket: BUCKET }))).rejects.toMatchObject({
      name: "RequestTimeTooSkewed",
    });
  });
});

describe("an S3 server that is full", () => {
  beforeAll(async () => {
    await pass("11-08");
    offsite.setClock("host", "2026-11-09T02:55:00Z");
    offsite.setClock("hub", "2026-11-09T03:00:00Z");
  }, 2 * minute);

  test(
    "takes no set",
    () =>
      offsite.survives(
        "S3 is full",
        () => {
          offsite.server.fill(200_000);
          // Restic goes on trying for a quarter of an hour.
          return offsite.push({ limit: 60 });
        },
        /500|InternalError|no space/i,
        () => offsite.server.empty(),
        at("11-08"),
      ),
    10 * minute,
  );

  test(
    "removes nothing by halves",
    async () => {
      const before = kept();
      offsite.server.fill(0);
      expect((await offsite.upkeep({ limit: 60 })).code).toBe(124);
      offsite.figures.keep("S3 is full at the upkeep", at("11-09"));
      offsite.server.empty();
      expect(kept()).toEqual(before);
      offsite.restic("check", "--read-data", "--no-lock");
      const next = await upkeep();
      expect([next.code, next.said]).toEqual([0, expect.stringContaining("the repository is in order")]);
      offsite.restic("check", "--read-data", "--no-lock");
    },
    10 * minute,
  );
});

/** Nobody has ever heard of it since the first night, which is a week too long from the end of October on. */
const away = (days: number): Call => ({
  name: "BackupOverdue",
  labels: { backup: "away-offsite" },
  service: "backup",
  summary: `away-offsite of seko-vpn was backed up ${days}d 3h 0m 0s ago`,
  value: `${days}d 3h 0m 0s`,
});

test(
  "of each failure the owner is told, and again where no run catches up",
  () =>
    offsite.figures.expectCalls({
      "killed in the prune": [jobFailed("offsite-upkeep", 137), ...OVERDUE, away(13)],
      "the hub's clock went back": [jobFailed("offsite", 1), ...OVERDUE, away(15)],
      "S3 is full": [jobFailed("offsite", 124), ...OVERDUE, away(18)],
      "S3 is full at the upkeep": [jobFailed("offsite-upkeep", 124), ...OVERDUE, away(19)],
    }),
  5 * minute,
);
