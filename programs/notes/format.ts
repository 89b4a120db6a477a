import type { Database } from "./couchdb.ts";

/** Document in which the plugin notes the format of a vault, and the newest that is known here. */
const VERSION = { id: "obsydian_livesync_version", known: 12 };

/** Ranges of ids that only a vault has that is encrypted, or whose paths are hidden. */
const SEALED = [
  { startkey: "h:+", endkey: "h:,", what: "encrypted" },
  { startkey: "f:", endkey: "f;", what: "with hidden paths" },
];

/**
 * Refuses a vault that cannot be read or written here: with encryption on, the plugin takes plain notes for a break-in, and asks to
 * build the vault anew.
 */
export async function refuseForeignFormat(database: Database): Promise<void> {
  const version = (await database.get(VERSION.id))?.["version"];
  if (typeof version === "number" && version > VERSION.known)
    throw new Error(`${database.name}: expected a vault of format ${VERSION.known} or older, found ${version}`);
  for (const { what, ...range } of SEALED)
    if ((await database.range({ ...range, limit: 1 })).length > 0)
      throw new Error(`${database.name}: expected a plain vault, found one ${what}`);
}
