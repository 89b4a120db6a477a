import { createHash } from "node:crypto";
import type { UnitHealth } from "../../model/checks";
import { readNote } from "../docker/read-note";
import type { CommandRunner, Transport } from "../ssh/transport";
import { probe } from "./probe";
import { factsOf, logOf } from "./unit";

/** What a unit's program was started with, or is to be. */
export interface Started {
  unit: string;
  /** Text of its file. */
  content: string;
  programs: readonly { folder: string; version: string; digest: string }[];
  /** Names what was written into its files, and when. */
  revision: string;
  /** What each file has to hold, as `sha256sum --check` reads it. */
  given?: string;
  /** Whether the program reads changed files by a reload; otherwise it is restarted. */
  reload: boolean;
  health: UnitHealth;
  lastHealthy: string;
}

/** Notes which run of a unit has read what. Arguments: note, run, what it was started with, its files. */
const NOTE = `set -eu; umask 077
mkdir -p "$(dirname "$1")"; printf '%s %s %s\\n' "$2" "$3" "$4" >"$1.new"; sync "$1.new"; mv -fT "$1.new" "$1"`;

const digest = (value: unknown): string => createHash("sha256").update(JSON.stringify(value)).digest("hex");

/** Digests of what only a restart takes on, and of what a reload may. */
const fingerprints = ({ content, programs, revision, given }: Started): [string, string] => [
  digest([content, programs]),
  digest([revision, given]),
];

/**
 * A unit's program running with the file, the programs and the files that it is to have. What runs with them already is left alone.
 * @returns why it cannot be started, in words; undefined in most cases
 */
export async function start(host: Transport, started: Started): Promise<string | undefined> {
  const wrong = await wrongFiles(host, started);
  if (wrong !== undefined) return `files that are not what it was given (${wrong}): run \`refresh\`, then \`up\``;
  const { unit } = started;
  const [whole, files] = fingerprints(started);
  const facts = await factsOf(host, unit);
  if (facts.loadState !== "loaded") return `a unit file that systemd does not load: ${facts.loadState}`;
  const [run, noted, read] = (await host.run(["cat", readNote(started.lastHealthy)])).stdout.trim().split(" ");
  const runs = facts.activeState === "active" && run === facts.invocation && noted === whole;
  if (runs && read === files && (await probe(host, started.health)) === undefined) return undefined;
  const refused = runs && read !== files && started.reload ? await reload(host, unit) : await restart(host, unit);
  const { invocation } = await factsOf(host, unit);
  await host.output(["sh", "-c", NOTE, "vpai", readNote(started.lastHealthy), invocation, whole, files]);
  return refused;
}

async function wrongFiles(host: Transport, { given = "" }: Started): Promise<string | undefined> {
  if (given === "") return undefined;
  const { code, stdout } = await host.run(["sha256sum", "--check", "--quiet"], { stdin: given });
  if (code === 0) return undefined;
  return [...stdout.matchAll(/^(.*): FAILED/gm)].map(([, file]) => file).join(" ") || "files that are missing";
}

/** Whether it runs then is seen by who watches it. */
export async function restart(host: CommandRunner, unit: string): Promise<undefined> {
  await host.run(["systemctl", "reset-failed", "--", unit]);
  await host.run(["systemctl", "restart", "--", unit]);
}

async function reload(host: Transport, unit: string): Promise<string | undefined> {
  const { code } = await host.run(["systemctl", "reload", "--", unit]);
  return code === 0 ? undefined : `that it does not take on its changed files:\n${await logOf(host, unit, 5)}`;
}
