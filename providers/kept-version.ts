import type { z } from "zod";
import { parseJson } from "../model/foreign-json";
import type { CommandRunner } from "./ssh/transport";

/** Where a host keeps what it takes to run a version again that was healthy. */
export interface KeptPlace {
  /** Folder that keeps the last version that was healthy. */
  lastHealthy: string;
  /** Folder of the service's configuration files; it need not exist. */
  configs: string;
}

/** The folder is exchanged as a whole, so that an interruption leaves the old version or the new one. */
const KEEP = `set -eu
folder=$1 configs=$2
umask 077; rm -rf "$folder.new"; mkdir -p "$folder.new"
if [ -d "$configs" ]; then cp -a "$configs" "$folder.new/configs"; fi
cat > "$folder.new/version.json"; sync "$folder.new/version.json"
rm -rf "$folder"; mv "$folder.new" "$folder"`;

const READ = `[ -e "$1/version.json" ] || exit 44
cat "$1/version.json"`;

/** Exit code of READ when no version is kept. */
const NONE = 44;

/** The version that is kept; undefined when there is none. */
export async function readKept<Version>(
  schema: z.ZodType<Version, Version>,
  host: CommandRunner,
  { lastHealthy }: Pick<KeptPlace, "lastHealthy">,
): Promise<Version | undefined> {
  const answer = await host.run(["sh", "-c", READ, "vpai", lastHealthy]);
  if (answer.code === NONE) return undefined;
  if (answer.code !== 0) throw new Error(`${host.name}: cannot read ${lastHealthy}: ${answer.stderr.trim()}`);
  const what = `the version that ${lastHealthy}/version.json on ${host.name} keeps`;
  return parseJson(
    schema,
    answer.stdout,
    what,
    "remove that folder, and run up again: the next healthy version is kept",
  );
}

/** Keeps a version, with a copy of its configuration files, in place of the one before. */
export async function writeKept(host: CommandRunner, place: KeptPlace, version: object): Promise<void> {
  await host.output(["sh", "-c", KEEP, "vpai", place.lastHealthy, place.configs], { stdin: JSON.stringify(version) });
}
