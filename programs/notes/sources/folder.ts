import { vaultPath } from "../paths.ts";
import type { NoteSet, Wanted } from "../wanted.ts";
import { contentOf, filesBelow, type Found, stampOf } from "./files.ts";

/** Markdown files, as they are. */
export interface FolderSettings {
  kind: "folder";
  /** Unique among the collector's sources. */
  name: string;
  folder: string;
  /** Folder of the vault, name by name. */
  into: string[];
}

export const isMarkdown = (name: string): boolean => /\.md$/i.test(name);

/** A file that becomes a note of the same words. */
export function asItIs(found: Found, into: readonly string[], names: readonly string[] = found.names): Wanted {
  return {
    path: vaultPath(...into, ...names),
    key: names.join("/"),
    stamp: stampOf(found),
    ctime: found.ctime,
    mtime: found.mtime,
    content: () => contentOf(found),
  };
}

async function* notesOf({ folder, into }: FolderSettings): AsyncGenerator<Wanted> {
  for await (const found of filesBelow(folder, isMarkdown)) yield asItIs(found, into);
}

export const folderSets = (settings: FolderSettings): NoteSet[] => [
  { name: settings.name, gone: "remove", notes: () => notesOf(settings) },
];
