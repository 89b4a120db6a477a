import { Database, type DatabaseSettings } from "./couchdb.ts";
import { PATIENCE, type Patience } from "./patience.ts";
import { Failure, type Say } from "./program.ts";
import { type Outcome, Publisher } from "./publish.ts";
import { folderSets, type FolderSettings } from "./sources/folder.ts";
import { n8nSets, type N8nSettings } from "./sources/n8n.ts";
import { openclawSets, type OpenclawSettings } from "./sources/openclaw.ts";
import { rendersSets, type RendersSettings } from "./sources/renders.ts";
import type { NoteSet } from "./wanted.ts";

/** What notes are made from. */
export type SourceSettings = FolderSettings | N8nSettings | OpenclawSettings | RendersSettings;

/** Settings of a collector. */
export interface CollectorSettings {
  /** Unique in the vault. */
  collector: string;
  couchdb: DatabaseSettings;
  sources: SourceSettings[];
  /** Default: {@link PATIENCE}. */
  patience?: Patience;
}

function setsOf(source: SourceSettings, patience: Patience): NoteSet[] {
  switch (source.kind) {
    case "folder":
      return folderSets(source);
    case "n8n":
      return n8nSets(source, patience);
    case "openclaw":
      return openclawSets(source);
    case "renders":
      return rendersSets(source);
  }
}

/** Says what became of the notes. @throws Failure in one line, when anything was left undone */
function report(collector: string, { written, unchanged, kept, removed, problems }: Outcome, say: Say): void {
  for (const path of written) say(`written: ${path}`);
  for (const path of removed) say(`removed: ${path}`);
  for (const { path, why } of kept) say(`left alone: ${path}: ${why}`);
  const counts = { written, unchanged, "left alone": kept, removed };
  const said = Object.entries(counts).map(([what, paths]) => `${paths.length} ${what}`);
  say(`${collector}: ${said.join(", ")}`);
  if (problems.length > 0) throw new Failure(`${collector}: ${problems.join("; ")}`);
}

/** Brings the notes of all sources into the vault. @throws Failure when something could not be done; the rest is */
export async function collect(settings: CollectorSettings, say: Say): Promise<void> {
  const { collector, couchdb, sources, patience = PATIENCE } = settings;
  const publisher = await Publisher.of(new Database(couchdb, patience), collector);
  report(collector, await publisher.publish(sources.flatMap((source) => setsOf(source, patience))), say);
}
