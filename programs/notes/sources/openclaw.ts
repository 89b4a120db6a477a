import { readdir } from "node:fs/promises";
import path from "node:path";
import { vaultPath } from "../paths.ts";
import type { NoteSet, Wanted } from "../wanted.ts";
import { contentOf, filesBelow, type Found, foldersIn, orNothing, stampOf } from "./files.ts";
import { asItIs, isMarkdown } from "./folder.ts";
import { readSession, sessionNote } from "./session.ts";

/** OpenClaw's own folder: what its agents are, what they can do, and what was said. */
export interface OpenclawSettings {
  kind: "openclaw";
  /** Unique among the collector's sources. */
  name: string;
  folder: string;
  /** Folder of the vault, name by name. */
  into: string[];
  /** Agent whose workspace has no name of its own. Default: `main`. */
  mainAgent?: string;
}

/** Raised when sessions are written in another way: all of them are made anew. */
const FORMAT = 1;

/** Agent of a workspace's folder: `workspace`, or `workspace-<agent>`. */
const agentOf = (folder: string, main: string): string | undefined =>
  folder === "workspace" ? main : /^workspace-(.+)$/.exec(folder)?.[1];

/** Instructions, memory and skills of each agent. */
async function* agentNotes({ folder, into, mainAgent = "main" }: OpenclawSettings): AsyncGenerator<Wanted> {
  await readdir(folder);
  for (const name of await foldersIn(folder)) {
    const agent = agentOf(name, mainAgent);
    if (agent === undefined) continue;
    for await (const found of filesBelow(path.join(folder, name), isMarkdown))
      yield asItIs(found, [...into, "agents"], [agent, ...found.names]);
  }
}

/** Skills that all agents share. */
async function* skillNotes({ folder, into }: OpenclawSettings): AsyncGenerator<Wanted> {
  for (const skill of await foldersIn(path.join(folder, "skills")))
    for await (const found of filesBelow(path.join(folder, "skills", skill), isMarkdown, [skill]))
      yield asItIs(found, [...into, "skills"]);
}

const isSession = (name: string): boolean => name.endsWith(".jsonl");

async function* sessionNotes(settings: OpenclawSettings): AsyncGenerator<Wanted> {
  for (const agent of await foldersIn(path.join(settings.folder, "agents"))) {
    const sessions = path.join(settings.folder, "agents", agent, "sessions");
    if ((await orNothing(readdir(sessions), undefined)) === undefined) continue;
    for await (const found of filesBelow(sessions, isSession)) yield sessionOf(settings, agent, found);
  }
}

/** A session's note is named after its id, and grows with it. */
function sessionOf({ into }: OpenclawSettings, agent: string, found: Found): Wanted {
  const id = (found.names.at(-1) ?? "").replace(/\.jsonl$/, "");
  return {
    path: vaultPath(...into, "sessions", agent, `${id}.md`),
    key: `${agent}/${id}`,
    stamp: `${FORMAT}-${stampOf(found)}`,
    ctime: found.ctime,
    mtime: found.mtime,
    content: async () =>
      Buffer.from(sessionNote({ agent, id, ...readSession((await contentOf(found)).toString("utf8")) })),
  };
}

export const openclawSets = (settings: OpenclawSettings): NoteSet[] => [
  { name: `${settings.name} agents`, gone: "remove", notes: () => agentNotes(settings) },
  { name: `${settings.name} skills`, gone: "remove", notes: () => skillNotes(settings) },
  // OpenClaw drops old ones; the vault is where they last.
  { name: `${settings.name} sessions`, gone: "keep", notes: () => sessionNotes(settings) },
];
