import openclaw from "../../../platforms/vpai/services/openclaw";
import { contextWith } from "../../context";
import { eventually } from "../../eventually";
import { docker, hardened, image, inside, minute, mounted, run, start, useImages } from "../harness/containers";
import { send } from "../harness/http";

/** The real OpenClaw with the platform's own files: its agents' tools keep texts in Qdrant, and find them there. */

useImages("n8n", "qdrant", "openclaw");

const KEYS = {
  OPENCLAW_GATEWAY_TOKEN: "canary-token",
  OPENCLAW_LLM_KEY: "canary-llm",
  OPENCLAW_QDRANT_KEY: "canary-key",
};

/** A fake of LiteLLM, for its vectors alone: as many numbers as the model's, of which a text's length is the first. */
const EMBEDDINGS = `
require("node:http").createServer((request, response) => {
  let text = "";
  request.on("data", (part) => (text += part)).on("end", () => {
    const allowed = request.headers.authorization === "Bearer canary-llm";
    const embedding = Array.from({ length: 1536 }, (_, at) => (at === 0 ? JSON.parse(text).input.length : 1));
    response.writeHead(allowed ? 200 : 401, { "content-type": "application/json" });
    response.end(JSON.stringify({ data: [{ embedding }] }));
  });
}).listen(4000);`;

let address: string;

beforeAll(async () => {
  const alias = (name: string): string[] => ["--network-alias", name];
  const variables = (values: Record<string, string>): string[] =>
    Object.entries(values).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
  start("llm", image("n8n"), [...alias("litellm"), "--entrypoint", "node"], "-e", EMBEDDINGS);
  start("qdrant", image("qdrant"), [...alias("qdrant"), ...variables({ QDRANT__SERVICE__API_KEY: "canary-key" })]);
  const ip = (name: string): string =>
    docker("inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", `${run}-${name}`);
  const collection = `http://${ip("qdrant")}:6333/collections/content_index`;
  const made = (): Promise<{ status: number }> =>
    send("PUT", collection, { "api-key": "canary-key" }, { vectors: { size: 1536, distance: "Cosine" } });
  await eventually(async () => expect((await made()).status).toBe(200), 120);
  const files = (openclaw.files?.(contextWith()) ?? []).flatMap(({ path, content }) =>
    mounted(path, content as string),
  );
  const environment = { ...openclaw.environment?.(contextWith()), ...KEYS };
  const [program = "", ...rest] = [...(openclaw.run.entrypoint ?? []), ...(openclaw.run.command ?? [])];
  start(
    "openclaw",
    image("openclaw"),
    [...hardened, "--user", "1000:1000", ...variables(environment), ...files, "--entrypoint", program],
    ...rest,
  );
  await eventually(() => inside("openclaw", ...openclaw.health.test), 300);
  address = ip("openclaw");
}, 30 * minute);

const use = async (tool: string, args: object, token = KEYS.OPENCLAW_GATEWAY_TOKEN) =>
  send("POST", `http://${address}:18789/tools/invoke`, { authorization: `Bearer ${token}` }, { tool, args });

test("a text that an agent keeps is found by its meaning, and lies in content_index", async () => {
  const text = "The lighthouse is at Ouessant";
  expect(await use("content_index_remember", { text, source: "a test" })).toMatchObject({ status: 200 });
  const found = await use("content_index_search", { query: "Where is the lighthouse?" });
  expect([found.status, found.text]).toEqual([200, expect.stringContaining(text)]);
});

test("nobody uses the tools without the gateway's token", async () => {
  expect((await use("content_index_search", { query: "x" }, "wrong")).status).toBe(401);
});
