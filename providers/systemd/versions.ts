import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { LOG_LINES } from "../docker/rollback";
import { readNote } from "../docker/read-note";
import { type KeptPlace, writeKept } from "../kept-version";
import type { Transport } from "../ssh/transport";
import { type Started, start } from "./start";
import { logOf, writeUnit } from "./unit";
import { becomesHealthy } from "./watch";

/** How its health is looked at is for whoever looks: an object. */
const healthSchema = z.custom<Started["health"]>((value) => typeof value === "object" && value !== null);

export const unitVersionSchema = z.object({
  content: z.string(),
  programs: z.array(z.object({ folder: z.string(), version: z.string(), digest: z.string() })),
  revision: z.string(),
  health: healthSchema,
});

/** A version of a unit that was healthy: what it takes to run it again. */
export type UnitVersion = Pick<Started, "content" | "programs" | "revision" | "health">;

/** A unit at its place. */
export interface Placed extends Started, KeptPlace {
  connection: { host: string };
}

/** First line of the file of a unit that serves in place of a failed version. */
export const PREVIOUS_MARK = "# dev.vpai.previous=";

/** Looks at a previous version that starts again, at most 10 s apart: as many as a new one gets. */
const PREVIOUS_PATIENCE = { tries: 20, interval: 10, settle: 0 };

/** Whether what is to be differs from the version that was healthy last. */
export const isAnother = (version: UnitVersion, wanted: Started): boolean =>
  JSON.stringify([version.content, version.programs, version.revision]) !==
  JSON.stringify([wanted.content, wanted.programs, wanted.revision]);

/** What is in use of a unit's own program is a link, which another version takes over at once. Arguments: folder, version. */
const USE = `set -eu
[ "$(readlink "$1/current")" = "$2" ] && exit
ln -sfn "$2" "$1/.current"; mv -fT "$1/.current" "$1/current"`;

/** Puts a unit's file and the version of its program in place, and lets systemd know; nothing is started. */
export async function put(
  host: Transport,
  { unit, content, programs }: Pick<Started, "unit" | "content" | "programs">,
): Promise<void> {
  const [own] = programs;
  await writeUnit(host, unit, content);
  if (own !== undefined) await host.script(USE, [own.folder, own.version]);
  await host.output(["systemctl", "daemon-reload"]);
  await host.output(["systemctl", "enable", "--quiet", "--", unit]);
}

/** Versions of a program that nothing comes back to. Arguments: folder, the version that stays. */
const PRUNE = `set -eu
cd "$1"
for version in *; do
  case $version in "$2"|current) ;; *) rm -rf "$version" ".$version.installed";; esac
done`;

/** The version that is there is the one to come back to; older ones of its program go. */
export async function keep(host: Transport, placed: Placed): Promise<void> {
  const { content, programs, revision, health } = placed;
  await writeKept(host, placed, { content, programs, revision, health } satisfies UnitVersion);
  const [own] = programs;
  if (own !== undefined) await host.script(PRUNE, [own.folder, own.version]);
}

/** A unit that did not become healthy; the version before it serves, where there is one. @returns the error to throw */
export async function failure(host: Transport, placed: Placed, found: string, previous?: UnitVersion): Promise<Error> {
  // The journal gets a program's last words a moment later.
  await sleep(500);
  const { unit, connection, programs } = placed;
  const log = await logOf(host, unit, LOG_LINES);
  const outcome =
    previous === undefined
      ? "Mend it and run `up` again."
      : `${await restore(host, placed, previous)} Mend the new one and run \`up\` again, which tries it anew.`;
  return new Error(
    `${unit} on ${connection.host} (version ${programs[0]?.version ?? "unknown"}) is not healthy: expected "healthy", found ${found}. ` +
      `${outcome} Its last ${LOG_LINES} log lines:\n${log}`,
  );
}

/** Lets the previous version serve again, with its own configuration files. @returns what serves now, in words */
async function restore(host: Transport, placed: Placed, previous: UnitVersion): Promise<string> {
  const version = previous.programs[0]?.version ?? "unknown";
  const content =
    `${PREVIOUS_MARK}${version}\n` +
    previous.content.replaceAll(`${placed.configs}:`, `${placed.lastHealthy}/configs:`);
  const serving = { ...placed, ...previous, content, given: "" };
  await put(host, serving);
  await host.run(["rm", "-f", "--", readNote(placed.lastHealthy)]);
  const found =
    (await start(host, serving)) ?? (await becomesHealthy(host, placed.unit, previous.health, PREVIOUS_PATIENCE));
  return found === undefined
    ? `The previous version (${version}) serves again.`
    : `The previous version (${version}) was started again and does NOT serve either: expected "healthy", found ${found}.`;
}
