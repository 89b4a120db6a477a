import { readFileSync } from "node:fs";
import { vaultPath } from "../paths.ts";
import { type Patience, patiently, Transient } from "../patience.ts";
import type { NoteSet, Wanted } from "../wanted.ts";
import { fenced, plain, properties } from "./markdown.ts";

/** Workflows of an n8n, over its public API. */
export interface N8nSettings {
  kind: "n8n";
  /** Unique among the collector's sources. */
  name: string;
  /** `http://n8n:5678`. */
  url: string;
  /** File that holds a key which may list and read workflows. */
  keyFile: string;
  /** Folder of the vault, name by name. */
  into: string[];
}

/** A workflow, as the API tells it; what is run data, or pinned from it, is not read. */
interface Workflow {
  id: string;
  name: string;
  active: boolean;
  isArchived?: boolean;
  createdAt: string;
  updatedAt: string;
  nodes: { name: string; type: string; notes?: string; [other: string]: unknown }[];
  connections: Record<string, unknown>;
  settings?: Record<string, unknown>;
  tags?: { name: string }[];
}

/** Raised when workflows are written in another way: all of them are made anew. */
const FORMAT = 1;

/** Workflows in one answer: the most that the API gives. */
const PAGE = 250;

/** Seconds that one answer may take. */
const ANSWER = 60;

async function once<T>(url: string, key: string): Promise<T> {
  const response = await fetch(url, {
    headers: { "x-n8n-api-key": key, accept: "application/json" },
    signal: AbortSignal.timeout(ANSWER * 1000),
  }).catch((error: Error) => {
    throw new Transient(`${url}: expected n8n, found nobody: ${error.message}`);
  });
  const body = await response.text();
  if (response.ok) return JSON.parse(body) as T;
  const said = `${url}: expected workflows, found ${response.status} ${body.slice(0, 200)}`;
  // A busy n8n is there and says 503.
  throw response.status >= 500 || response.status === 429 ? new Transient(said) : new Error(said);
}

async function workflowsOf({ url, keyFile }: N8nSettings, patience: Patience): Promise<Workflow[]> {
  const key = readFileSync(keyFile, "utf8").trim();
  const workflows: Workflow[] = [];
  for (let cursor: string | null | undefined = ""; typeof cursor === "string";) {
    const page = `${url}/api/v1/workflows?limit=${PAGE}${cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`}`;
    type Page = { data: Workflow[]; nextCursor?: string | null };
    const answer: Page = await patiently(patience, () => once<Page>(page, key));
    workflows.push(...answer.data);
    cursor = answer.nextCursor ?? undefined;
  }
  return workflows.filter(({ isArchived }) => isArchived !== true).sort((one, other) => (one.id < other.id ? -1 : 1));
}

const nodeLine = ({ name, type, notes }: Workflow["nodes"][number]): string =>
  `| ${plain(name)} | ${plain(type)} | ${plain(notes ?? "")} |`;

/** A workflow as Markdown: what it is made of, and what n8n imports again. */
function workflowNote({ id, name, active, updatedAt, nodes, connections, settings, tags }: Workflow): string {
  const importable = JSON.stringify({ name, nodes, connections, settings }, null, 2);
  return [
    properties({ n8n: id, active, updated: updatedAt, tags: tags?.map(({ name: tag }) => tag) }),
    `# ${plain(name)}`,
    "",
    "| node | type | notes |",
    "| --- | --- | --- |",
    ...nodes.map(nodeLine),
    "",
    fenced(importable, "json"),
    "",
  ].join("\n");
}

/** Names that several workflows have get the id behind them. */
function pathsOf(workflows: readonly Workflow[], into: readonly string[]): Map<string, string> {
  const path = ({ name }: Workflow, behind = ""): string => vaultPath(...into, `${name}${behind}.md`);
  const times = new Map<string, number>();
  for (const workflow of workflows) {
    const same = path(workflow).toLowerCase();
    times.set(same, (times.get(same) ?? 0) + 1);
  }
  const isAlone = (workflow: Workflow): boolean => times.get(path(workflow).toLowerCase()) === 1;
  return new Map(workflows.map((one) => [one.id, isAlone(one) ? path(one) : path(one, ` (${one.id})`)]));
}

async function* notesOf(settings: N8nSettings, patience: Patience): AsyncGenerator<Wanted> {
  const workflows = await workflowsOf(settings, patience);
  const paths = pathsOf(workflows, settings.into);
  for (const workflow of workflows)
    yield {
      path: paths.get(workflow.id) ?? "",
      key: workflow.id,
      stamp: `${FORMAT}-${workflow.updatedAt}-${workflow.active}`,
      ctime: Date.parse(workflow.createdAt),
      mtime: Date.parse(workflow.updatedAt),
      content: async () => Buffer.from(workflowNote(workflow)),
    };
}

export const n8nSets = (settings: N8nSettings, patience: Patience): NoteSet[] => [
  { name: settings.name, gone: "remove", notes: () => notesOf(settings, patience) },
];
