import { isDeepStrictEqual } from "node:util";
import type { EngineSettings } from "../../../model/hardening/engine";

/** What `daemon.json` holds: keys of ours, and those of whoever set the engine up. */
export type EngineFile = Readonly<Record<string, unknown>>;

/** A file that is none of the engine's: not an object of JSON. */
export class BrokenEngineFile extends Error {}

/** Keys that a running engine takes on by a reload; every other one wants a restart of it (dockerd(8), live reload). */
const RELOADED: ReadonlySet<string> = new Set(["live-restore"]);

/**
 * What a file holds. @param text empty, where there is none
 * @throws BrokenEngineFile when it is not an object of JSON, which the engine refuses, too
 */
export function readEngineFile(text: string, where: string): EngineFile {
  if (text.trim() === "") return {};
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch (error) {
    const { message } = error as Error;
    throw new BrokenEngineFile(`${where}: expected JSON, found ${message}: mend it by hand, then run up again`, {
      cause: error,
    });
  }
  if (typeof found === "object" && found !== null && !Array.isArray(found)) return found as EngineFile;
  throw new BrokenEngineFile(
    `${where}: expected an object of JSON, found something else: mend it by hand, then run up again`,
  );
}

/** Options of a driver stay beside ours; of every other key ours is the whole value. */
export const mergedEngineFile = (file: EngineFile, settings: EngineSettings): EngineFile => ({
  ...file,
  ...settings,
  "log-opts": { ...optionsOf(file), ...settings["log-opts"] },
});

const optionsOf = (file: EngineFile): object => {
  const { "log-opts": options } = file;
  return typeof options === "object" && options !== null ? options : {};
};

/** The file's text. */
export const engineFileText = (file: EngineFile): string => `${JSON.stringify(file, undefined, 2)}\n`;

/** Keys of which the file does not hold our value. */
export const differing = (file: EngineFile, settings: EngineSettings): string[] => {
  const merged = mergedEngineFile(file, settings);
  return Object.keys(settings).filter((key) => !isDeepStrictEqual(file[key], merged[key]));
};

/** Whether a running engine takes them on without being restarted. */
export const isReloaded = (keys: readonly string[]): boolean => keys.every((key) => RELOADED.has(key));

/** Of our keys what a file held before we wrote to it; those that it did not have are not there. */
export const valuesBefore = (file: EngineFile, settings: EngineSettings): EngineFile =>
  Object.fromEntries(Object.keys(settings).flatMap((key) => (key in file ? [[key, file[key]]] : [])));

/**
 * The file as it would be without us, but for live-restore: an engine that is started without it ends the containers that it
 * finds running. @param before what our keys were
 */
export const withoutOurs = (file: EngineFile, settings: EngineSettings, before: EngineFile): EngineFile => ({
  ...Object.fromEntries(Object.entries(file).filter(([key]) => !(key in settings))),
  ...before,
  "live-restore": true,
});
