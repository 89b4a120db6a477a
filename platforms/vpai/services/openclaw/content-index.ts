import { readFileSync } from "node:fs";
import path from "node:path";
import { litellmKey } from "../../../../capabilities/litellm-key";
import { qdrantCollection } from "../../../../capabilities/qdrant-collection";
import type { ServiceContext } from "../../../../model/context";
import type { ConfigFile } from "../../../../model/files";
import { peer } from "../../../../model/peers";
import { EMBEDDING, EMBEDDING_SIZE } from "../litellm/models";
import type { ContentIndexConfig } from "./content-index/index";

/** OpenClaw's name for the plugin. */
export const CONTENT_INDEX = "content-index";

/** Where it lies in the container: of root, and writable for nobody else, as OpenClaw demands. */
export const PLUGIN_FOLDER = `/etc/openclaw/plugins/${CONTENT_INDEX}`;

/** What the agents remember (docs/requirements.md#global-view), as vectors of LiteLLM's embedding model. */
export const COLLECTION = { name: "content_index", size: EMBEDDING_SIZE, distance: "Cosine" } as const;

/** The plugin's settings. @param variables environment variables that hold its keys; OpenClaw puts their values in */
export function contentIndexConfig(
  context: ServiceContext,
  variables: { llmKey: string; qdrantKey: string },
): ContentIndexConfig {
  const [qdrant, llm] = [peer(context, qdrantCollection), peer(context, litellmKey)];
  return {
    qdrantUrl: `http://${qdrant.host}:${qdrant.port}`,
    qdrantKey: `\${${variables.qdrantKey}}`,
    collection: COLLECTION.name,
    llmUrl: `http://${llm.host}:${llm.port}/v1`,
    llmKey: `\${${variables.llmKey}}`,
    embeddingModel: EMBEDDING.name,
  };
}

/** The settings that the plugin takes; OpenClaw does not start with others. */
const SETTINGS = [
  "qdrantUrl",
  "qdrantKey",
  "collection",
  "llmUrl",
  "llmKey",
  "embeddingModel",
] as const satisfies readonly (keyof ContentIndexConfig)[];

const manifest = {
  id: CONTENT_INDEX,
  name: "Content index",
  description: "Texts that agents remember in Qdrant",
  configSchema: {
    type: "object",
    additionalProperties: false,
    required: SETTINGS,
    properties: Object.fromEntries(SETTINGS.map((name) => [name, { type: "string" }])),
  },
};

/** The plugin's files. */
export const contentIndexFiles = (): ConfigFile[] => [
  { path: `${PLUGIN_FOLDER}/openclaw.plugin.json`, content: `${JSON.stringify(manifest, null, 2)}\n` },
  { path: `${PLUGIN_FOLDER}/index.ts`, content: readFileSync(path.join(__dirname, CONTENT_INDEX, "index.ts"), "utf8") },
];
