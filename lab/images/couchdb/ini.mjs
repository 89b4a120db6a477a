import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";

/** The files that `-couch_ini` names, a folder standing for its `*.ini` in order; without, those of the installation. */
export function iniFiles(flags, etc) {
  const [, listed = ""] = /-couch_ini((?:\s+[^\s-]\S*)+)/.exec(flags) ?? [];
  const named = listed.trim() === "" ? [`${etc}/local.ini`, `${etc}/local.d`] : listed.trim().split(/\s+/);
  return named.flatMap((file) => (isFolder(file) ? inFolder(file) : [file]));
}

const isFolder = (file) => statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;

const inFolder = (folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".ini"))
    .sort()
    .map((name) => path.join(folder, name));

/** Sections of settings; the last file wins. @throws for a file that is not there, as CouchDB does */
export function readConfig(files) {
  const config = {};
  for (const file of files) {
    let section = {};
    for (const line of readFileSync(file, "utf8").split("\n")) {
      const [, name] = /^\[(.+)\]$/.exec(line.trim()) ?? [];
      if (name !== undefined) section = config[name] ??= {};
      const [, key, value] = /^([^;[=\s][^=]*?)\s*=\s*(.*)$/.exec(line) ?? [];
      if (key !== undefined) section[key] = value.trim();
    }
  }
  return config;
}
