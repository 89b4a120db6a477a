import { eventually } from "../../eventually";
import type { Lab } from "../harness/lab";
import type { LabHost } from "../harness/host";
import { llmKey } from "../../../capabilities/litellm-key";
import { sharedLabOfAll } from "../harness/shared";

/**
 * The way of a question to a model: from n8n's network through the real LiteLLM, with a virtual key, to a provider. The
 * provider is a program of the test, since no real one may be asked; all else is the platform's own.
 */

/** Answers as OpenAI's API does, whatever the question: 1,000 tokens in, 1,000 out. */
const PROVIDER = `
require("node:http").createServer((request, response) => {
  request.resume().on("end", () => {
    console.log(request.method, request.url);
    response.setHeader("content-type", "application/json");
    const message = { role: "assistant", content: "forty-two" };
    response.end(JSON.stringify({
      id: "chatcmpl-1", object: "chat.completion", created: 1, model: "fake",
      choices: [{ index: 0, message, finish_reason: "stop" }],
      usage: { prompt_tokens: 1000, completion_tokens: 1000, total_tokens: 2000 },
    }));
  });
}).listen(9999, () => console.log("listening"));`;

const PROVIDER_NAME = "fake-provider";
/** USD for a token: a question of 2,000 tokens costs 0.2 USD, so that all of this file's stay below the day's 5. */
const PRICE = 0.0001;

let lab: Lab;
let host: LabHost;
let masterKey: string;

beforeAll(async () => {
  lab = await sharedLabOfAll();
  host = await lab.host("sese-ai");
  masterKey = llmKey((await lab.generatedSecrets())["litellmMasterKey"] ?? "");
  const image = (await host.container("vpai_n8n")).Image;
  await host.run(["docker", "rm", "--force", PROVIDER_NAME]);
  const start = ["--detach", "--name", PROVIDER_NAME, "--network", "backend", "--entrypoint", "node"];
  await host.docker("run", ...start, image, "-e", PROVIDER);
  // A provider without a share of the day's budget: what stops it is its key's.
  await addModel("fake", "hosted_vllm/fake");
}, 2_700_000);

afterAll(async () => {
  await host.run(["docker", "rm", "--force", PROVIDER_NAME]);
});

interface Reply {
  status: number;
  body: string;
}

/** The request comes from inside n8n's container, so from its networks; key and question travel on standard input. */
const REQUEST = `
let text = "";
process.stdin.on("data", (part) => (text += part)).on("end", async () => {
  const { url, key, body } = JSON.parse(text);
  const headers = { authorization: "Bearer " + key, "content-type": "application/json" };
  const options = body === undefined ? { headers } : { method: "POST", headers, body: JSON.stringify(body) };
  const answer = await fetch(url, options);
  console.log(JSON.stringify({ status: answer.status, body: await answer.text() }));
});`;

async function ask(path: string, key: string, body?: object): Promise<Reply> {
  const stdin = JSON.stringify({ url: `http://litellm:4000${path}`, key, body });
  const command = ["docker", "exec", "--interactive", "vpai_n8n", "node", "-e", REQUEST];
  return JSON.parse(await host.output(command, { stdin })) as Reply;
}

/** Adds a model whose provider is the test's. @param model provider and name, as LiteLLM takes them */
async function addModel(name: string, model: string): Promise<void> {
  const { status, body } = await ask("/model/new", masterKey, {
    model_name: name,
    litellm_params: {
      model,
      api_base: `http://${PROVIDER_NAME}:9999/v1`,
      api_key: "none",
      input_cost_per_token: PRICE,
      output_cost_per_token: PRICE,
    },
  });
  expect({ status, body }).toMatchObject({ status: 200 });
}

const question = (key: string, model = "fake"): Promise<Reply> =>
  ask("/v1/chat/completions", key, { model, messages: [{ role: "user", content: `${Math.random()}` }] });

/** A virtual key with a budget of its own. @param dollars for a day */
async function virtualKey(dollars: number): Promise<string> {
  const { status, body } = await ask("/key/generate", masterKey, { max_budget: dollars, budget_duration: "1d" });
  expect({ status, body }).toMatchObject({ status: 200 });
  return (JSON.parse(body) as { key: string }).key;
}

async function spendOf(key: string): Promise<number> {
  const { body } = await ask(`/key/info?key=${key}`, masterKey);
  return (JSON.parse(body) as { info: { spend: number } }).info.spend;
}

/** Asks a monitoring service over HTTP, from a container that shares its network. */
async function monitoring<Answer>(url: string): Promise<Answer> {
  const image = (await host.container("vpai_n8n")).Image;
  const script = "fetch(process.argv[1]).then((answer) => answer.text()).then((text) => console.log(text))";
  const run = ["run", "--rm", "--network", "monitoring", "--entrypoint", "node", image, "-e", script, url];
  return JSON.parse(await host.docker(...run)) as Answer;
}

test("a call without a key is refused", async () => {
  expect((await question("sk-wrong")).status).toBe(401);
});

test("a call with a virtual key reaches the provider and is counted", async () => {
  const key = await virtualKey(100);
  const { status, body } = await question(key);
  expect({ status, body }).toMatchObject({ status: 200, body: expect.stringContaining("forty-two") as unknown });
  expect(await host.docker("logs", PROVIDER_NAME)).toContain("POST /v1/chat/completions");
  await eventually(async () => expect(await spendOf(key)).toBeCloseTo(0.2), 90);
});

test("the same question is asked of the provider once, and answered from Redis from then on", async () => {
  const key = await virtualKey(100);
  const calls = async (): Promise<number> => (await host.docker("logs", PROVIDER_NAME)).split("POST ").length;
  const body = { model: "fake", messages: [{ role: "user", content: "What is always the same?" }] };
  const first = await ask("/v1/chat/completions", key, body);
  // The response is stored once the first answer is given.
  const second = await eventually(async () => {
    const before = await calls();
    const reply = await ask("/v1/chat/completions", key, body);
    expect(await calls()).toBe(before);
    return reply;
  }, 20);
  expect([first.status, second.status]).toEqual([200, 200]);
});

test("n8n has a key of its own, and a credential that n8n encrypted holds it", async () => {
  const { n8nLlmKey = "" } = await lab.generatedSecrets();
  expect((await ask("/v1/models", llmKey(n8nLlmKey))).status).toBe(200);
  const { body } = await ask(`/key/info?key=${llmKey(n8nLlmKey)}`, masterKey);
  expect(JSON.parse(body)).toMatchObject({ info: { key_alias: "n8n", max_budget: null, budget_duration: "1d" } });
  const statement = "SELECT name, type, data FROM credentials_entity WHERE name = 'LiteLLM'";
  const psql = ["psql", "--username", "postgres", "--dbname", "n8n", "-tA", "--command", statement];
  const kept = await host.docker("exec", "vpai_postgresql", ...psql);
  expect(kept).toMatch(/^LiteLLM\|openAiApi\|/);
  expect(kept).not.toContain(n8nLlmKey);
  expect((await lab.pulumiSucceed(["stack", "export"])).stdout).not.toContain(n8nLlmKey);
});

test("a key whose budget of the day is spent is refused, and the provider is not asked again", async () => {
  const key = await virtualKey(0.1);
  expect((await question(key)).status).toBe(200);
  const refused = await eventually(async () => {
    const reply = await question(key);
    expect(reply.status).not.toBe(200);
    return reply;
  }, 90);
  expect([400, 429]).toContain(refused.status);
  expect(refused.body).toMatch(/budget/i);
});

test("the calls are in VictoriaMetrics", async () => {
  await eventually(async () => {
    const query = encodeURIComponent('{__name__=~"litellm_spend_metric.*"}');
    const answer = await monitoring<{ data: { result: { value: [number, string] }[] } }>(
      `http://victoriametrics:8428/api/v1/query?query=${query}`,
    );
    const spent = answer.data.result.reduce((sum, { value }) => sum + Number(value[1]), 0);
    expect(spent).toBeGreaterThanOrEqual(0.2);
  }, 120);
});

test("the log line of a call is in Loki", async () => {
  await eventually(async () => {
    const query = encodeURIComponent('{service="litellm"} |= "/chat/completions"');
    const answer = await monitoring<{ data: { result: unknown[] } }>(
      `http://loki:3100/loki/api/v1/query_range?query=${query}&limit=5`,
    );
    expect(answer.data.result.length).toBeGreaterThan(0);
  }, 120);
});

test("when a provider's share of the platform's five dollars a day is spent, its models are refused", async () => {
  // OpenAI's share is 0.50 USD (docs/requirements.md#llm-budget: 10 %); one question costs 0.20.
  await addModel("fake-openai", "openai/fake");
  const key = await virtualKey(100);
  const refused = await eventually(async () => {
    const reply = await question(key, "fake-openai");
    expect(reply.status).not.toBe(200);
    return reply;
  }, 180);
  expect(refused.status).toBe(429);
  expect(refused.body).toMatch(/budget/i);
});
