import { createHash } from "node:crypto";

/**
 * A plugin of OpenClaw, which loads this very file: two tools with which agents remember texts in a collection of Qdrant, and
 * find them by their meaning. OpenClaw itself has no memory in Qdrant.
 */

/** The plugin's settings in OpenClaw's file; `openclaw.plugin.json` has the same. */
export interface ContentIndexConfig {
  /** Address of Qdrant, without a slash at its end. */
  qdrantUrl: string;
  qdrantKey: string;
  collection: string;
  /** Address of the API that makes vectors, up to `/v1`. */
  llmUrl: string;
  llmKey: string;
  /** Model that makes them: always the same, or texts of before are not found any more. */
  embeddingModel: string;
}

/** What a tool answers. */
interface ToolResult {
  content: { type: "text"; text: string }[];
}

interface Tool {
  name: string;
  description: string;
  /** JSON schema. */
  parameters: object;
  execute(id: string, parameters: Record<string, unknown>): Promise<ToolResult>;
}

/** What OpenClaw gives a plugin, as far as this one uses it. */
export interface PluginApi {
  pluginConfig?: unknown;
  registerTool(tool: Tool): void;
}

/** A text that was found. */
interface Hit {
  score: number;
  payload: { text: string; source?: string; at: string };
}

const SOURCE = { type: "string", description: "Where the text comes from: an address, a file, a person" };
const LIMIT = { type: "integer", minimum: 1, maximum: 20, default: 5, description: "How many texts at most" };

export default function register(api: PluginApi): void {
  const index = new ContentIndex(api.pluginConfig as ContentIndexConfig);
  api.registerTool({
    name: "content_index_remember",
    description: "Keeps a text for all agents, to be found by its meaning later. The same text is kept once.",
    parameters: {
      type: "object",
      required: ["text"],
      properties: { text: { type: "string", minLength: 1 }, source: SOURCE },
    },
    execute: async (_id, { text, source }) => {
      await index.remember(String(text), typeof source === "string" ? source : undefined);
      return said("kept");
    },
  });
  api.registerTool({
    name: "content_index_search",
    description: "Finds kept texts whose meaning is nearest to a question, the nearest first.",
    parameters: {
      type: "object",
      required: ["query"],
      properties: { query: { type: "string", minLength: 1 }, limit: LIMIT },
    },
    execute: async (_id, { query, limit = LIMIT.default }) =>
      said(JSON.stringify(await index.search(String(query), Number(limit)))),
  });
}

const said = (text: string): ToolResult => ({ content: [{ type: "text", text }] });

/** A collection of texts, by their vectors. Errors name who failed, and quote no key. */
class ContentIndex {
  constructor(private readonly config: ContentIndexConfig) {}

  async remember(text: string, source: string | undefined): Promise<void> {
    const payload = { text, at: new Date().toISOString(), ...(source === undefined ? {} : { source }) };
    const points = [{ id: idOf(text), vector: await this.vectorOf(text), payload }];
    await this.askQdrant("PUT", "points?wait=true", { points });
  }

  async search(query: string, limit: number): Promise<(Hit["payload"] & { score: number })[]> {
    const body = { query: await this.vectorOf(query), limit, with_payload: true };
    const { result } = (await this.askQdrant("POST", "points/query", body)) as { result: { points: Hit[] } };
    return result.points.map(({ score, payload }) => ({ ...payload, score }));
  }

  private async vectorOf(text: string): Promise<number[]> {
    const { llmUrl, llmKey, embeddingModel: model } = this.config;
    const headers = { authorization: `Bearer ${llmKey}` };
    const answer = await ask("LiteLLM", "POST", `${llmUrl}/embeddings`, headers, { model, input: text });
    const [first] = (answer as { data: { embedding: number[] }[] }).data;
    if (first === undefined) throw new Error("LiteLLM: expected the vector of a text, found none");
    return first.embedding;
  }

  private askQdrant(method: string, path: string, body: object): Promise<unknown> {
    const { qdrantUrl, qdrantKey, collection } = this.config;
    return ask("Qdrant", method, `${qdrantUrl}/collections/${collection}/${path}`, { "api-key": qdrantKey }, body);
  }
}

/** A text's own number, in the form that Qdrant takes. */
function idOf(text: string): string {
  const hash = createHash("sha256").update(text).digest("hex");
  const lengths = [8, 4, 4, 4, 12];
  return lengths
    .map((length, at) => hash.slice(sum(lengths.slice(0, at)), sum(lengths.slice(0, at)) + length))
    .join("-");
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

async function ask(
  who: string,
  method: string,
  url: string,
  headers: Readonly<Record<string, string>>,
  body: object,
): Promise<unknown> {
  const response = await fetch(url, {
    method,
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(60_000),
  });
  if (!response.ok)
    throw new Error(
      `${who}: expected ${method} to succeed, found ${response.status}: ${(await response.text()).slice(0, 300)}`,
    );
  return response.json();
}
