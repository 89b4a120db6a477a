import type { DeployedHost } from "../hosts";
import { ageOf, sizeOf } from "./manifest";

/** A copy of a set in the repository elsewhere, as the hub notes it after each run. */
export interface OffsiteCopy {
  /** Beginning of the snapshot's id. */
  id: string;
  host: string;
  /** ISO 8601: of the set. */
  time: string;
  set: string;
  bytes: number;
}

/** Which part of the repository was read back last, and when. */
export interface OffsiteCheck {
  /** ISO 8601. */
  moment: string;
  part: number;
  of: number;
}

/** What the hub has noted of the copies. */
export interface Offsite {
  copies: readonly OffsiteCopy[];
  /** Undefined: nothing was read back yet. */
  check: OffsiteCheck | undefined;
}

/** What a command asks a host. */
interface Asked {
  output(argv: readonly string[]): Promise<string>;
}

/** The job that brings sets elsewhere. */
const JOB = "offsite";

/** The host that has it; undefined where the stack has no copies elsewhere. */
export const offsiteHost = (hosts: Readonly<Record<string, DeployedHost>>): [string, DeployedHost] | undefined =>
  Object.entries(hosts).find(([, { jobs = {} }]) => jobs[JOB] !== undefined);

/** Both notes, with a NUL between; what is not there yet is empty. */
const READ = 'cat "$1/snapshots.json" 2>/dev/null || :; printf "\\0"; cat "$1/checked.json" 2>/dev/null || :';

/** What the hub says of the copies. @throws where the job's unit is another one than this program makes */
export async function offsiteOn(host: Asked): Promise<Offsite> {
  const folder = folderIn(await host.output(["systemctl", "cat", "--", `${JOB}.service`]));
  const [copies = "", check = ""] = (await host.output(["sh", "-c", READ, "vpai", folder])).split("\0");
  return {
    copies: copies.trim() === "" ? [] : (JSON.parse(copies) as OffsiteCopy[]),
    check: check.trim() === "" ? undefined : (JSON.parse(check) as OffsiteCheck),
  };
}

/** Folder of the job's notes on its host, out of the mounts of its container. */
export function folderIn(unit: string): string {
  const [, folder] = /"type=bind,source=([^",]+),target=\/srv\/offsite"/.exec(unit) ?? [];
  if (folder === undefined)
    throw new Error(`${JOB}.service: expected a job that brings backups elsewhere, found another one: run \`make up\``);
  return folder;
}

/** What there is elsewhere of each host: how many copies, the newest one, how old and how much, and when some of them were read back. */
export function offsiteRows({ copies, check }: Offsite, now: Date): string[][] {
  const hosts = [...new Set(copies.map(({ host }) => host))].sort();
  const verified = check === undefined ? "never" : `${check.moment} (part ${check.part} of ${check.of})`;
  return hosts.flatMap((host) => {
    const own = copies.filter((copy) => copy.host === host).sort((one, other) => (one.time < other.time ? -1 : 1));
    const newest = own.at(-1);
    if (newest === undefined) return [];
    return [[host, "(elsewhere)", String(own.length), newest.set, ageOf(newest.time, now), sizeOf(newest.bytes), verified]];
  });
}
