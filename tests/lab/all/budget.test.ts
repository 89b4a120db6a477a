import { parse, stringify } from "yaml";
import { contextWith } from "../../context";
import { eventually } from "../../eventually";
import litellm from "../../../platforms/vpai/services/litellm";
import { docker, hardened, image, inside, minute, mounted, run, start, useImages } from "../harness/containers";
import { FakeProvider } from "../harness/fake-provider";
import { FakeTelegram } from "../harness/fake-telegram";

/**
 * The day's 5 USD, the eco mode and BytePlus' own budget in the real LiteLLM, with the platform's own models, budgets and
 * callbacks; every provider is the lab's fake. Prices are those that LiteLLM has of the models.
 */

const MASTER = "sk-canary-master";
const TELEGRAM = "canary-of-telegram";
const BOT = "1234567:canary-of-the-bot";
const CHAT = "4711";

useImages("redis", "postgres", "litellm");

let provider: FakeProvider;
let telegram: FakeTelegram;

beforeAll(async () => {
  provider = await FakeProvider.start();
  telegram = await FakeTelegram.start(BOT);
  const gateway = docker("network", "inspect", "--format", "{{(index .IPAM.Config 0).Gateway}}", run);
  const api = `http://${gateway}:${provider.port}/v1`;
  const context = contextWith({ settings: { telegramApi: `http://${gateway}:${telegram.port}` } });
  start("redis", image("redis"), ["--network-alias", "redis"], "redis-server", "--requirepass", "canary");
  start("postgresql", image("postgres"), ["--network-alias", "postgresql", "--env", "POSTGRES_PASSWORD=canary"]);
  const files = (litellm.files?.(context) ?? []).flatMap(({ path, content }) =>
    mounted(path, path.endsWith(".yaml") ? withoutNeighbours(content as string, api) : (content as string)),
  );
  const keys = ["OPENROUTER", "OPENAI", "ZAI", "ANTHROPIC", "BYTEPLUS"].map((name) => `${name}_API_KEY=none`);
  const variables = [
    ...[...keys, `LITELLM_MASTER_KEY=${MASTER}`, "REDIS_PASSWORD=canary", `OPENAI_API_BASE=${api}`],
    ...[`OPENROUTER_API_BASE=${api}`, `ZAI_API_BASE=${api}`],
    ...["DATABASE_URL=postgresql://postgres:canary@postgresql/postgres", "LITELLM_SALT_KEY=sk-canary-salt"],
    ...Object.entries(litellm.environment?.(context) ?? {}).map(([name, value]) => `${name}=${value}`),
  ];
  await eventually(() => inside("postgresql", "pg_isready", "--host", "127.0.0.1"));
  start(
    "litellm",
    image("litellm"),
    [
      ...[...hardened, "--user", "65534:65534", "--memory", "1024m", ...files],
      ...mounted("/run/secrets/budget_chat", CHAT),
      ...mounted("/run/secrets/budget_secret", TELEGRAM),
      ...mounted("/run/secrets/budget_bot", BOT),
      ...variables.flatMap((variable) => ["--env", variable]),
      ...["--entrypoint", "litellm"],
    ],
    ...(litellm.run.command ?? []),
  );
  await eventually(() => get("/health/liveliness"), 600);
}, 40 * minute);

afterAll(() => Promise.all([provider.stop(), telegram.stop()]));

/** The configuration without its cache, and with BytePlus' API at the fake's. */
function withoutNeighbours(content: string, api: string): string {
  const config = parse(content.replace(/https:\/\/ark\.\S+/, api)) as {
    litellm_settings: Record<string, unknown>;
  };
  delete config.litellm_settings["cache_params"];
  return stringify({ ...config, litellm_settings: { ...config.litellm_settings, cache: false } });
}

const get = (path: string): string =>
  inside(
    "litellm",
    "python3",
    "-c",
    `import urllib.request as r; print(r.urlopen(r.Request("http://127.0.0.1:4000${path}", headers={"authorization": "Bearer ${MASTER}"})).read().decode())`,
  );

interface Reply {
  status: number;
  body: string;
}

/** Docker runs apart from this process, which answers for the providers meanwhile. */
async function post(path: string, body: object, headers: Record<string, string> = {}): Promise<Reply> {
  const address = docker(
    "inspect",
    "--format",
    "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}",
    `${run}-litellm`,
  );
  const answer = await fetch(`http://${address}:4000${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${MASTER}`, "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.text() };
}

const ask = (model: string, content = `${Math.random()}`): Promise<Reply> =>
  post("/v1/chat/completions", { model, messages: [{ role: "user", content }] });

const said = ({ body }: Reply): string =>
  (JSON.parse(body) as { choices: { message: { content: string } }[] }).choices[0]?.message.content ?? body;

const budget = async (words = ""): Promise<string> => said(await ask("budget", words));

/** The eco mode's two models (docs/requirements.md#llm-budget), as OpenRouter knows them. */
const FREE = "this is qwen/qwen3-coder:free";

test("a call is counted, and the budget says what was spent", async () => {
  expect(said(await ask("gpt-4o"))).toBe("this is gpt-4o");
  // 1,000 tokens at 2.50 USD a million, and 1,000 at 10 USD.
  await eventually(
    async () => expect(await budget()).toContain("Spent today (UTC): 0.01 of 5.00 USD\nEco mode: off"),
    30,
  );
  await eventually(() => expect(get("/metrics/")).toMatch(/^llm_spent_today_usd 0\.0125/m), 30);
  // LiteLLM's own figures pass through Redis, once a second.
  await eventually(async () => expect(await budget()).toContain("openai: 0.01 of 0.50 USD in 1d"), 30);
});

test("the eco mode by hand: a free model answers, until it is switched off", async () => {
  expect(await budget("/budget eco on")).toContain("Eco mode: on");
  expect(get("/metrics/")).toMatch(/^llm_eco_mode 1/m);
  for (const model of ["gpt-4o", "claude-sonnet", "glm"])
    expect([model, said(await ask(model))]).toEqual([model, FREE]);
  expect(await budget("/budget@SomeBot eco off")).toContain("Eco mode: off");
  expect(said(await ask("gpt-4o"))).toBe("this is gpt-4o");
});

test("Telegram hands on what the bot is told, with the token that vouches for it", async () => {
  const expected = {
    url: "https://ewutelo.cloud/webhook/telegram",
    secret_token: TELEGRAM,
    allowed_updates: ["message"],
  };
  await eventually(() => expect(telegram.webhook).toEqual(expected), 60);
});

test("a virtual key alone may not ask; with Telegram's token and the owner's chat it may, and no less", async () => {
  const made = await post("/key/generate", { key_alias: "n8n" });
  const { key } = JSON.parse(made.body) as { key: string };
  const from = (user: string, token: string): Promise<Reply> =>
    post(
      "/v1/chat/completions",
      { model: "budget", user, messages: [{ role: "user", content: "/budget eco off" }] },
      { authorization: `Bearer ${key}`, "x-telegram-bot-api-secret-token": token },
    );
  for (const [user, token] of [
    ["", ""],
    [CHAT, ""],
    [CHAT, "another"],
    ["4712", TELEGRAM],
  ] as const)
    expect([user, token, (await from(user, token)).status]).toEqual([user, token, 403]);
  expect(said(await from(CHAT, TELEGRAM))).toContain("Eco mode: off");
});

test("what it does not understand changes nothing, and is answered with what it does", async () => {
  expect(await budget("/budget eco maybe")).toBe("Expected: /budget, /budget eco on, or /budget eco off.");
  expect(await budget()).toContain("Eco mode: off");
});

test("a provider whose share is spent is left out, and a free model answers for it", async () => {
  provider.tokens = 40_000;
  expect(said(await ask("gpt-4o"))).toBe("this is gpt-4o");
  // Further questions cost next to nothing, so that the sum says what the first one cost.
  provider.tokens = 1;
  await eventually(async () => expect(said(await ask("gpt-4o"))).toBe(FREE), 60);
  expect(await budget()).toMatch(/Spent today \(UTC\): 0\.5\d of 5\.00 USD\nEco mode: off/);
  expect(said(await ask("glm"))).toBe("this is glm-4.7");
});

test("BytePlus has 5 USD of its own, which are not the day's", async () => {
  const before = /Spent today.*/.exec(await budget())?.[0];
  provider.tokens = 400_000;
  // 800,000 tokens at 2.50 USD a million: 2 USD a question.
  for (const question of [1, 2, 3]) expect([question, (await ask("byteplus/seed")).status]).toEqual([question, 200]);
  await eventually(async () => expect(await budget()).toContain("volcengine: 6.00 of 5.00 USD in 30d"), 60);
  provider.tokens = 1;
  await eventually(async () => expect((await ask("byteplus/seed")).status).toBe(429), 60);
  expect(await budget()).toContain(String(before));
});

test("once the day's 5 USD are spent, whichever provider has money left: free models answer, and nobody else is asked", async () => {
  const { key: program } = JSON.parse(
    (await post("/key/generate", { key_alias: "spender", max_budget: null, budget_duration: "1d" })).body,
  ) as { key: string };
  provider.tokens = 2_000_000;
  await eventually(async () => {
    // Whoever spends it has the free models then, as everybody has.
    await post(
      "/v1/chat/completions",
      { model: "glm", messages: [{ role: "user", content: `${Math.random()}` }] },
      { authorization: `Bearer ${program}` },
    );
    expect(await budget()).toContain("Eco mode: by itself, the day's money is spent");
  }, 90);
  provider.tokens = 10;
  provider.asked.length = 0;
  for (const model of ["claude-haiku", "claude-sonnet", "gpt-4o"])
    expect([model, said(await ask(model))]).toEqual([model, FREE]);
  expect(new Set(provider.asked)).toEqual(new Set(["qwen/qwen3-coder:free"]));
  expect(said(await ask("deepseek-r1"))).toBe("this is deepseek/deepseek-r1-0528:free");
  // The program that has spent it, too.
  const question = { model: "gpt-4o", messages: [{ role: "user", content: "a" }] };
  expect(said(await post("/v1/chat/completions", question, { authorization: `Bearer ${program}` }))).toBe(FREE);
  // Nothing free makes vectors.
  expect((await post("/v1/embeddings", { model: "text-embedding-3-small", input: "a" })).status).toBe(429);
});

test("nobody gets around it: by a deployment's id, or past the router", async () => {
  const models = JSON.parse(get("/model/info")) as { data: { model_name: string; model_info: { id: string } }[] };
  const id = models.data.find(({ model_name }) => model_name === "claude-haiku")?.model_info.id ?? "";
  expect(id).not.toBe("");
  const byId = await ask(id);
  expect(byId.status).toBe(429);
  expect(byId.body).toContain("ask for a model by its name");
  const past = await post("/openai/v1/chat/completions", {
    model: "gpt-4o",
    messages: [{ role: "user", content: "a" }],
  });
  expect(past.status).toBe(429);
  expect(past.body).toContain("5 USD are spent");
});

test(
  "what was spent, and the eco mode, outlive a restart",
  async () => {
    await budget("eco on");
    docker("restart", "--time", "30", `${run}-litellm`);
    await eventually(() => get("/health/liveliness"), 600);
    await eventually(
      async () => expect(await budget()).toMatch(/Spent today \(UTC\): [5-9]\.\d\d of 5\.00 USD\nEco mode: on/),
      60,
    );
  },
  15 * minute,
);
