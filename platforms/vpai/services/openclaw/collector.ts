import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { n8nWorkflow } from "../../../../capabilities/n8n-workflow";
import type { ServiceContext } from "../../../../model/context";
import { type ConfigFile, SECRETS_FOLDER } from "../../../../model/files";
import { offererOf } from "../../../../model/peers";
import { optional, type SecretDeclaration } from "../../../../model/secret";
import { addressOf } from "../../../../model/service";
import { notesCollector } from "../../../../programs/notes";
import { vaultLogin } from "../couchdb/users";
import { MAIN_AGENT } from "./agents";

/** Where the job finds OpenClaw's own folder, and the platform's documents. */
const OPENCLAW = "/srv/openclaw";
const DOCS = "/etc/notes/docs";

const PROJECT_DOCS = path.join(__dirname, "../../../../docs");

const N8N_KEY: SecretDeclaration = {
  name: "obsidianCollectorN8nKey",
  description:
    "Key of n8n's API that may list and read workflows, from its editor; without it, no workflow becomes a note",
  origin: "supplied",
  needed: optional,
};

/** The documents of this very program; decisions are in its repository. */
const documents = (): ConfigFile[] =>
  readdirSync(PROJECT_DOCS)
    .filter((name) => name.endsWith(".md"))
    .sort()
    .map((name) => ({ path: `${DOCS}/${name}`, content: readFileSync(path.join(PROJECT_DOCS, name), "utf8") }));

function n8nOf({ hosts, host, given }: ServiceContext): string | undefined {
  const found = offererOf(hosts, host, { capability: n8nWorkflow.name });
  return found?.host.name === host && given.has(N8N_KEY.name) ? `http://${addressOf(found.service)}` : undefined;
}

export const COLLECTOR_LOGIN = vaultLogin("obsidian-collector");

/** The nightly notes of Sese-AI (docs/requirements.md#obsidian-sync). */
export const COLLECTOR = notesCollector({
  name: "obsidian-collector",
  purpose: "OpenClaw's agents, skills and sessions, n8n's workflows and the platform's documents as notes",
  schedule: "*-*-* 03:30:00",
  networks: ["backend", "egress"],
  vault: COLLECTOR_LOGIN,
  hostMounts: [{ source: "openclaw", target: OPENCLAW }],
  // Texts alone, and little is left on the host (docs/decisions/limits.md).
  limits: { memoryMiB: 128, cpus: 0.5 },
  secrets: { n8n_key: { secret: N8N_KEY } },
  files: documents,
  sources: (context) => {
    const n8n = n8nOf(context);
    return [
      { kind: "openclaw", name: "openclaw", folder: OPENCLAW, into: ["OpenClaw"], mainAgent: MAIN_AGENT },
      ...(n8n === undefined
        ? []
        : [{ kind: "n8n" as const, name: "n8n", url: n8n, keyFile: `${SECRETS_FOLDER}/n8n_key`, into: ["n8n"] }]),
      { kind: "folder", name: "documents", folder: DOCS, into: ["Infrastructure"] },
    ];
  },
});
