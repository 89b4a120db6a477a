import { z } from "zod";
import { problemsOf } from "../../model/finding";
import { parseJson } from "../../model/foreign-json";
import type { DeployedHost } from "../stack/hosts";
import { momentIn } from "../terminal/moment";
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

/** The same as the hub's file has it: older versions of Restic note no sizes. */
const copiesSchema = z.array(
  z.object({
    ...{ id: z.string(), host: z.string(), time: z.string(), set: z.string() },
    bytes: z.number().nullable(),
  }),
);

/** Which part of the repository was read back last, and when: ISO 8601. */
const checkSchema = z.object({ moment: z.string(), part: z.number(), of: z.number() });

type OffsiteCheck = z.infer<typeof checkSchema>;

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

/** The job's unit, as its host has it. */
export const offsiteUnit = (host: Asked): Promise<string> => host.output(["systemctl", "cat", "--", `${JOB}.service`]);

/** What the hub says of the copies. @throws where the job's unit is another one than this program makes */
export async function offsiteOn(host: Asked): Promise<Offsite> {
  const folder = folderIn(await offsiteUnit(host));
  const [copies = "", check = ""] = (await host.output(["sh", "-c", READ, "vpai", folder])).split("\0");
  return {
    copies:
      copies.trim() === ""
        ? []
        : parseJson(copiesSchema, copies, `the copies that ${folder}/snapshots.json notes`, RUN_AGAIN).map((copy) => ({
            ...copy,
            bytes: copy.bytes ?? 0,
          })),
    check:
      check.trim() === "" ? undefined : parseJson(checkSchema, check, `what ${folder}/checked.json notes`, RUN_AGAIN),
  };
}

const RUN_AGAIN = "run `make up` and `make run JOB=offsite`, which writes it anew";

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
    return [
      [host, "(elsewhere)", String(own.length), newest.set, ageOf(newest.time, now), sizeOf(newest.bytes), verified],
    ];
  });
}

/** How a host names its sets: the number, and when it was begun. */
const SET = /^\d{6,}-\d{8}T\d{6}Z$/;

/** @throws UserError for an AT that no copy can answer to, whichever there are: they may be known only when a host is made anew */
export function expectAt(at: string): void {
  if (at === "" || SET.test(at) || !Number.isNaN(momentIn(at))) return;
  throw problemsOf("What the command was given", [
    {
      where: "AT",
      expected: "a set's name, as make backups tells it, or a moment such as 2026-11-29T03:00Z",
      found: JSON.stringify(at),
      mend: "say AT=2026-11-29, or no AT for the newest",
    },
  ]);
}

/**
 * The copy that is meant.
 * @param at a set's name, or a moment (ISO 8601): the newest one of before. Default: the newest
 * @throws where there is none, naming those there are
 */
export function copyOf(copies: readonly OffsiteCopy[], host: string, at: string): OffsiteCopy {
  const own = copies.filter((copy) => copy.host === host).sort((one, other) => (one.time < other.time ? -1 : 1));
  const moment = at === "" ? Infinity : momentIn(at);
  const found = own.find(({ set }) => set === at) ?? own.filter(({ time }) => Date.parse(time) <= moment).at(-1);
  if (found === undefined)
    throw new Error(
      `${host}: expected a copy elsewhere ${at === "" ? "of it" : `by ${at}`}, found none; there are ` +
        (own.map(({ set }) => set).join(", ") || "none"),
    );
  return found;
}

/** The command that writes a copy's files, as tar has them: the job's own, for another purpose and beside it. */
export function giveCommand(unit: string, host: string, set: string): string[] {
  const [line = ""] = /^ExecStart=.*$/m.exec(unit) ?? [];
  const words = [...line.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, word = ""]) => unescaped(word));
  const options = words.slice(words.indexOf("--rm"), -1);
  const at = options.indexOf("--name");
  if (at === -1 || words.at(-1) !== "push")
    throw new Error(`${JOB}.service: expected the job of the copies elsewhere: run \`make up\``);
  const named = options.map((word, index) => (index === at + 1 ? `${word}-give` : word));
  return ["docker", "run", ...named, "give", host, set];
}

/** A word of a unit's command as the program gets it. */
const unescaped = (word: string): string =>
  word
    .replaceAll(/\\(.)/g, "$1")
    .replaceAll("$$", () => "$")
    .replaceAll("%%", "%");
