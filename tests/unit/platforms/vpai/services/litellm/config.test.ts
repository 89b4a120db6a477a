import { parse } from "yaml";
import litellm from "../../../../../../platforms/vpai/services/litellm";
import { contextWith } from "../../../../../context";
import { EMBEDDING_SIZE } from "../../../../../../platforms/vpai/services/litellm/models";

interface Deployment {
  model_name: string;
  litellm_params: { model: string; api_key: string; input_cost_per_token?: number; output_cost_per_token?: number };
}

interface Config {
  model_list: Deployment[];
  router_settings: {
    provider_budget_config: Record<string, { budget_limit: number; time_period: string }>;
    fallbacks: Record<string, string[]>[];
  };
  litellm_settings: Record<string, unknown> & { cache_params: Record<string, unknown> };
  general_settings: Record<string, unknown>;
}

const file = litellm.files?.(contextWith())[0];
const semantic = parse(
  litellm.files?.(contextWith({ settings: { llmCache: "semantic" } }))[0]?.content as string,
) as Config;
const text = file?.content as string;
const config = parse(text) as Config;

const paramsOf = (name: string): Deployment["litellm_params"] | undefined =>
  config.model_list.find(({ model_name }) => model_name === name)?.litellm_params;

test("models and their providers are those of docs/requirements.md#llm-budget", () => {
  expect(config.model_list.map(({ model_name, litellm_params }) => [model_name, litellm_params.model])).toEqual([
    ["qwen3-coder", "openrouter/qwen/qwen3-coder:free"],
    ["deepseek-v3", "openrouter/deepseek/deepseek-chat-v3-0324:free"],
    ["deepseek-r1", "openrouter/deepseek/deepseek-r1-0528:free"],
    ["claude-sonnet", "anthropic/claude-sonnet-4-5"],
    ["claude-haiku", "anthropic/claude-haiku-4-5"],
    ["gpt-4o", "openai/gpt-4o"],
    ["glm", "zai/glm-4.7"],
    ["byteplus/*", "volcengine/*"],
    ["text-embedding-3-small", "openai/text-embedding-3-small"],
  ]);
});

test("5 USD a day are shared 65, 15, 10 and 5 percent; BytePlus has 5 USD a month of its own", () => {
  expect(config.router_settings.provider_budget_config).toEqual({
    openrouter: { budget_limit: 3.25, time_period: "1d" },
    anthropic: { budget_limit: 0.75, time_period: "1d" },
    openai: { budget_limit: 0.5, time_period: "1d" },
    zai: { budget_limit: 0.25, time_period: "1d" },
    volcengine: { budget_limit: 5, time_period: "30d" },
  });
});

test("no model comes from a provider without a budget, so that no day costs more than 5 USD", () => {
  const budgeted = Object.entries(config.router_settings.provider_budget_config);
  for (const { litellm_params } of config.model_list)
    expect(budgeted.map(([provider]) => provider)).toContain(litellm_params.model.split("/")[0]);
  const daily = budgeted.filter(([, { time_period }]) => time_period === "1d");
  expect(daily.reduce((sum, [, { budget_limit }]) => sum + budget_limit, 0)).toBeLessThanOrEqual(5);
});

test("when the money is spent, the two free models of the eco mode take over, and cost nothing", () => {
  const fallbacks = Object.assign({}, ...config.router_settings.fallbacks) as Record<string, string[]>;
  for (const paid of ["claude-sonnet", "claude-haiku", "gpt-4o", "glm"])
    expect([paid, fallbacks[paid]]).toEqual([paid, ["qwen3-coder", "deepseek-v3"]]);
  for (const free of ["qwen3-coder", "deepseek-v3"])
    expect(paramsOf(free)).toMatchObject({ input_cost_per_token: 0, output_cost_per_token: 0 });
  for (const [model, others] of Object.entries(fallbacks)) expect(others).not.toContain(model);
});

test("responses are cached in Redis, by the very same question, for an hour", () => {
  expect(config.litellm_settings).toMatchObject({ cache: true, callbacks: ["prometheus", "budget.guard"] });
  expect(config.litellm_settings.cache_params).toEqual({
    type: "redis",
    host: "redis-cache",
    port: 6379,
    password: "os.environ/REDIS_CACHE_PASSWORD",
    namespace: "litellm",
    ttl: 3600,
  });
});

test("where a stack wants it, the semantic cache is Qdrant's collection, as large as its model's vectors", () => {
  expect(semantic.litellm_settings).toMatchObject({ cache: true, callbacks: ["prometheus", "budget.guard"] });
  expect(semantic.litellm_settings.cache_params).toMatchObject({
    type: "qdrant-semantic",
    qdrant_api_base: "http://qdrant:6333",
    qdrant_collection_name: "semantic_cache",
    qdrant_semantic_cache_embedding_model: "text-embedding-3-small",
  });
  expect(paramsOf("text-embedding-3-small")).toBeDefined();
  // https://platform.openai.com/docs/guides/embeddings
  expect(EMBEDDING_SIZE).toBe(1536);
});

test("the file names each of its secrets, each is given to the program, and none is in the file", () => {
  const texts = text + JSON.stringify(semantic);
  const named = [...texts.matchAll(/os\.environ\/(\w+)/g)].map(([, variable]) => variable);
  const exported = Object.values(litellm.secrets ?? {}).flatMap((secret) => secret.exported ?? []);
  expect(new Set(named)).toEqual(
    new Set([
      ...["LITELLM_MASTER_KEY", "QDRANT_API_KEY", "REDIS_PASSWORD", "REDIS_CACHE_PASSWORD"],
      ...["OPENROUTER_API_KEY", "ANTHROPIC_API_KEY", "OPENAI_API_KEY", "ZAI_API_KEY", "BYTEPLUS_API_KEY"],
    ]),
  );
  expect(exported).toEqual(expect.arrayContaining(named));
  expect(text).not.toMatch(/sk-|password: (?!os\.environ)/);
});

test("the keys of the world outside are asked for where the applications run, and not in the lab", () => {
  const stack = (kind: string, services: string[]): never =>
    ({ services, hosts: { "sese-ai": { machine: { kind } } } }) as never;
  const asked = (kind: string, services: string[]): string[] =>
    Object.values(litellm.secrets ?? {})
      .filter(
        ({ secret }) =>
          secret.name.endsWith("ApiKey") &&
          secret.origin === "supplied" &&
          secret.needed?.(stack(kind, services)) !== false,
      )
      .map(({ secret }) => secret.name);
  expect(asked("existing", ["core", "apps"])).toEqual(["openrouterApiKey", "anthropicApiKey", "openaiApiKey"]);
  expect(asked("hcloud", ["apps"])).toHaveLength(3);
  expect(asked("existing", ["core"])).toEqual([]);
  expect(asked("lab", ["core", "apps", "monitoring"])).toEqual([]);
});

const besides = (name: string): string =>
  litellm
    .files?.(contextWith({ settings: { telegramApi: "https://api.telegram.org" } }))
    .find(({ path }) => path === `/etc/litellm/${name}`)?.content as string;

test("the budget's callbacks lie beside the configuration, with the day's 5 USD, and BytePlus apart", () => {
  expect(besides("budget.py")).toMatch(/^guard = Budget\(\)$/m);
  expect(JSON.parse(besides("budget.json"))).toEqual({
    dayBudget: 5,
    apart: ["volcengine"],
    desk: "budget",
    chat: "/run/secrets/budget_chat",
    secret: "/run/secrets/budget_secret",
    bot: "/run/secrets/budget_bot",
    telegram: "https://api.telegram.org",
    webhook: "https://ewutelo.cloud/webhook/telegram",
  });
});
