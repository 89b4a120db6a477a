import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { projectRoot } from "../../../toolchain/environment";
import { docker, image, minute, useImages } from "../harness/containers";
import { type MasterKey, type SnapshotFile, writeSnapshot } from "../harness/restic";

/** What stays of 800 nights in a repository of the real Restic, which forgets as the weekly upkeep has it forget. */

useImages("restic");

const files = mkdtempSync(path.join(tmpdir(), "retention-"));
afterAll(() => rmSync(files, { recursive: true }));

/** A command in Restic's image, with the repository and the program of the upkeep. */
const inImage = (...command: string[]): string =>
  docker(
    ...["run", "--rm", "--network", "none", "--volume", `${files}/repository:/repository`],
    ...["--volume", `${path.join(projectRoot, "programs/offsite")}:/program:ro`],
    ...["--volume", `${files}/secrets:/run/secrets:ro`, "--env", "RESTIC_REPOSITORY=/repository"],
    ...["--env", "RESTIC_PASSWORD_FILE=/run/secrets/password", "--entrypoint", "sh", image("restic"), "-euc"],
    ...command,
  );

/**
 * From 1 January 2025, a Wednesday, to 11 March 2027, a Thursday: 365 + 365 + 31 + 28 + 11 nights, whatever a summer's clock says.
 * @param night from 1 on
 */
const moment = (night: number): string => new Date(Date.UTC(2025, 0, night, 2, 55)).toISOString();

/** A host with a set every night, and one that was there for the first twenty nights alone. */
const LAST_NIGHT = { always: 800, gone: 20 };

/**
 * Typed in from a calendar: the last night of each of 7 days, of 4 weeks that begin on a Monday, of 6 months, of 2 years. The months are
 * October to March, whose last night is 11 March as that of its week and of 2027 is.
 */
const KEPT = {
  always: [
    ...["2026-10-31", "2026-11-30", "2026-12-31", "2027-01-31"],
    ...["2027-02-21", "2027-02-28"],
    ...["2027-03-05", "2027-03-06", "2027-03-07", "2027-03-08", "2027-03-09", "2027-03-10", "2027-03-11"],
  ],
  // A host that is gone loses nothing by that. Where fewer months were lived than are kept, the very first night stays, too.
  gone: [
    ...["2025-01-01", "2025-01-05", "2025-01-12", "2025-01-14", "2025-01-15", "2025-01-16"],
    ...["2025-01-17", "2025-01-18", "2025-01-19", "2025-01-20"],
  ],
};

const FORGET = "OFFSITE_SECRETS=/run/secrets sh /program/offsite.sh forget >&2";

interface Snapshot {
  hostname: string;
  time: string;
}

let key: MasterKey;
let model: SnapshotFile;

beforeAll(() => {
  mkdirSync(path.join(files, "secrets"));
  mkdirSync(path.join(files, "repository"));
  writeFileSync(path.join(files, "secrets", "password"), "canary-password\n");
  inImage("restic init --quiet; mkdir /data; echo data > /data/file; restic backup --quiet --host first /data");
  key = JSON.parse(inImage("restic cat masterkey --quiet")) as MasterKey;
  const [{ id = "" } = {}] = JSON.parse(inImage("restic snapshots --json")) as { id?: string }[];
  model = JSON.parse(inImage(`restic cat snapshot --quiet ${id}; restic forget --quiet ${id}`)) as SnapshotFile;
}, 5 * minute);

const live = (from: number, to: number): void => {
  for (const [hostname, last] of Object.entries(LAST_NIGHT))
    for (let night = from; night <= Math.min(to, last); night++)
      writeSnapshot(path.join(files, "repository"), key, { ...model, hostname, time: moment(night) });
};

test(
  "of 800 nights 7 days, 4 weeks, 6 months and 2 years stay, of each host, and nothing else",
  () => {
    expect([moment(1), moment(800)]).toEqual(["2025-01-01T02:55:00.000Z", "2027-03-11T02:55:00.000Z"]);
    // Every fourth upkeep: what a week's one would have kept is still there.
    const often = 28;
    for (let night = 1; night <= LAST_NIGHT.always; night += often) {
      live(night, night + often - 1);
      inImage(FORGET);
    }
    const snapshots = JSON.parse(inImage("restic snapshots --json; restic check --quiet >&2")) as Snapshot[];
    const nights = (host: string): string[] =>
      snapshots.filter(({ hostname }) => hostname === host).map(({ time }) => time.slice(0, 10));
    expect({ always: nights("always").sort(), gone: nights("gone").sort() }).toEqual(KEPT);
  },
  15 * minute,
);
