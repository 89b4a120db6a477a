import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import openclaw from "../../../../../../platforms/vpai/services/openclaw";
import register, {
  type ContentIndexConfig,
  type PluginApi,
} from "../../../../../../platforms/vpai/services/openclaw/content-index/index";
import { contextWith } from "../../../../../context";

interface Request {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: Record<string, unknown>;
}

type Tool = Parameters<PluginApi["registerTool"]>[0];

/** Plays Qdrant and LiteLLM: a vector is the number of a text's letters. */
const requests: Request[] = [];
let failing: string | undefined;
let server: Server;
const tools = new Map<string, Tool>();

function answer({ path, body }: Request): object {
  if (path === "/v1/embeddings") return { data: [{ embedding: [String(body["input"]).length] }] };
  if (path.endsWith("/points/query")) {
    const payload = { text: "kept", source: "a test", at: "2026-01-01T00:00:00.000Z" };
    return { result: { points: [{ id: "1", score: 0.9, payload }] } };
  }
  return { result: { status: "acknowledged" } };
}

beforeAll(async () => {
  server = createServer((request, response) => {
    let text = "";
    request.on("data", (part: Buffer) => (text += part.toString()));
    request.on("end", () => {
      const received = {
        method: request.method ?? "",
        path: request.url ?? "",
        headers: request.headers,
        body: JSON.parse(text) as Request["body"],
      };
      requests.push(received);
      const fails = failing !== undefined && received.path.includes(failing);
      response.writeHead(fails ? 503 : 200).end(fails ? "out of order" : JSON.stringify(answer(received)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const pluginConfig: ContentIndexConfig = {
    qdrantUrl: address,
    qdrantKey: "canary-of-qdrant",
    collection: "content_index",
    llmUrl: `${address}/v1`,
    llmKey: "canary-of-llm",
    embeddingModel: "text-embedding-3-small",
  };
  register({ pluginConfig, registerTool: (tool) => void tools.set(tool.name, tool) });
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

beforeEach(() => {
  requests.length = 0;
  failing = undefined;
});

const use = (name: string, parameters: Record<string, unknown>) => tools.get(name)!.execute("1", parameters);

test("agents get two tools, each with what it wants to be told", () => {
  const wanted = [...tools.values()].map(({ name, parameters }) => [
    name,
    (parameters as { required: string[] }).required,
  ]);
  expect(wanted).toEqual([
    ["content_index_remember", ["text"]],
    ["content_index_search", ["query"]],
  ]);
});

test("a text is kept in the collection, with its vector and each far end's own key", async () => {
  expect(await use("content_index_remember", { text: "four", source: "a test" })).toEqual({
    content: [{ type: "text", text: "kept" }],
  });
  expect(requests).toMatchObject([
    {
      path: "/v1/embeddings",
      headers: { authorization: "Bearer canary-of-llm" },
      body: { model: "text-embedding-3-small", input: "four" },
    },
    {
      method: "PUT",
      path: "/collections/content_index/points?wait=true",
      headers: { "api-key": "canary-of-qdrant" },
      // printf %s four | sha256sum
      body: {
        points: [
          { id: "04efaf08-0f5a-3e74-e1c2-9d1ca6a48569", vector: [4], payload: { text: "four", source: "a test" } },
        ],
      },
    },
  ]);
});

test("texts are found by the question's vector", async () => {
  const { content } = await use("content_index_search", { query: "what?" });
  expect(requests[1]).toMatchObject({
    method: "POST",
    path: "/collections/content_index/points/query",
    body: { query: [5], limit: 5, with_payload: true },
  });
  expect(JSON.parse(content[0]!.text)).toEqual([
    { text: "kept", source: "a test", at: "2026-01-01T00:00:00.000Z", score: 0.9 },
  ]);
});

test.each([
  ["embeddings", "LiteLLM: expected POST to succeed, found 503: out of order"],
  ["collections", "Qdrant: expected PUT to succeed, found 503: out of order"],
])("when %s fails, the agent is told who did, and no key", async (part, message) => {
  failing = part;
  await expect(use("content_index_remember", { text: "four" })).rejects.toThrow(message);
  await expect(use("content_index_remember", { text: "four" })).rejects.not.toThrow(/canary/);
});

describe("OpenClaw", () => {
  const files = openclaw.files?.(contextWith()) ?? [];
  const content = (end: string): string => (files.find(({ path }) => path.endsWith(end))?.content ?? "") as string;
  interface Plugins {
    allow: string[];
    load: { paths: string[] };
    slots: { memory: string };
    entries: Record<string, { enabled: boolean; config: Record<string, string> }>;
  }
  const { plugins } = JSON.parse(content("openclaw.json")) as { plugins: Plugins };

  test("is told of the plugin, where it lies, and how it reaches Qdrant", () => {
    expect(plugins).toEqual({
      allow: ["telegram", "content-index"],
      load: { paths: ["/etc/openclaw/plugins/content-index"] },
      slots: { memory: "none" },
      entries: {
        "content-index": {
          enabled: true,
          config: {
            qdrantUrl: "http://qdrant:6333",
            qdrantKey: "${OPENCLAW_QDRANT_KEY}",
            collection: "content_index",
            llmUrl: "http://litellm:4000/v1",
            llmKey: "${OPENCLAW_LLM_KEY}",
            embeddingModel: "text-embedding-3-small",
          },
        },
      },
    });
  });

  test("finds a manifest that takes these settings, and the plugin itself", () => {
    const { id, configSchema } = JSON.parse(content("openclaw.plugin.json")) as {
      id: string;
      configSchema: { additionalProperties: boolean; properties: object };
    };
    expect([id, configSchema.additionalProperties]).toEqual(["content-index", false]);
    expect(Object.keys(configSchema.properties).sort()).toEqual(
      Object.keys(plugins.entries["content-index"]!.config).sort(),
    );
    expect(content("content-index/index.ts")).toContain("content_index_search");
  });

  test("is given Qdrant's key, and no file has it", () => {
    expect(openclaw.secrets?.["qdrant_api_key"]).toMatchObject({
      secret: { name: "qdrantApiKey" },
      exported: "OPENCLAW_QDRANT_KEY",
    });
  });
});
