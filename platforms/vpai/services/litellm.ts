import { postgresqlDatabase } from "../../../capabilities/postgresql-database";
import { litellmKey, litellmMetricsKey, llmKey } from "../../../capabilities/litellm-key";
import { qdrantCollection } from "../../../capabilities/qdrant-collection";
import { redisCache } from "../../../capabilities/redis-cache";
import { redisDatabase } from "../../../capabilities/redis-database";
import { optional, outsideTheLab, type SecretDeclaration } from "../../../model/secret";
import { type SecretFile, SECRETS_FOLDER } from "../../../model/files";
import { defineService } from "../../../model/service";
import { ALERTS_BOT, ALERTS_CHAT } from "./alertmanager";
import { QDRANT_API_KEY } from "./qdrant";
import { peer } from "../../../model/peers";
import { redisPassword } from "../../../programs/redis";
import { SPEND_ALERTS } from "./litellm/alerts";
import { LITELLM_DASHBOARD } from "./litellm/dashboard";
import { BUDGET_CALLBACKS, budgetSettings } from "./litellm/budget";
import { CACHE_SETTING, litellmConfig } from "./litellm/config";
import { EMBEDDING_SIZE, PROVIDERS } from "./litellm/models";
import { LITELLM_SEED } from "./litellm/seed";
import { API_SITE } from "./litellm/site";

const NAME = "litellm";
const PORT = 4000;
const FOLDER = "/etc/litellm";
const CONFIG = `${FOLDER}/config.yaml`;

const SEMANTIC_CACHE = { name: "semantic_cache", size: EMBEDDING_SIZE, distance: "Cosine" } as const;

const VARIABLES = {
  masterKey: "LITELLM_MASTER_KEY",
  qdrantKey: "QDRANT_API_KEY",
  redisPassword: "REDIS_PASSWORD",
  cachePassword: "REDIS_CACHE_PASSWORD",
} as const;

const MASTER_KEY = {
  name: "litellmMasterKey",
  description: "LiteLLM's administrator key; it may do everything, also make other keys",
  ansible: "litellm_master_key",
  origin: "random",
  length: 32,
} as const;

/** The key that its metrics want. */
export const METRICS_KEY = {
  name: "litellmMetricsKey",
  description: "Key that LiteLLM's metrics are read with; it may do nothing else",
  origin: "random",
  length: 32,
} as const;

/** What Telegram sends with each message that was written to the bot: that it comes from there. */
const BUDGET_SECRET = {
  name: "budgetWebhookSecret",
  description: "Token that Telegram sends with what is written to the bot of alerts",
  origin: "random",
  length: 32,
} as const;

/**
 * What everybody with a key may ask for, as LiteLLM's documentation lists its endpoints (docs/decisions/public-paths.md):
 * whole paths, so that nothing below them comes along.
 */
const API = [
  ...["/models", "/chat/completions", "/completions", "/embeddings", "/moderations", "/rerank", "/responses"],
  ...["/images/generations", "/images/edits", "/audio/transcriptions", "/audio/speech"],
].flatMap((path) => [path, `/v1${path}`]);

/** Anthropic's form of the same. */
const MESSAGES = ["/v1/messages", "/v1/messages/count_tokens"];

/** Its router counts there. */
const REDIS = { number: 0, password: redisPassword() };

/** Its responses lie there (docs/requirements.md#llm-requests). */
const CACHE = { namespace: "litellm", password: redisPassword("redis-cache") };

const DATABASE = postgresqlDatabase.own("litellm", "LiteLLM's", { seed: LITELLM_SEED });

/** The key of a provider of models, which a person gets from the provider's console. */
const providerKey = (
  provider: keyof typeof PROVIDERS,
  secret: Pick<SecretDeclaration, "name" | "ansible" | "needed"> & { of: string },
): SecretFile => {
  const { of, ...declaration } = secret;
  return {
    secret: { ...declaration, description: `API key of ${of}, for LiteLLM`, origin: "supplied" },
    exported: PROVIDERS[provider].key,
  };
};

const needed = outsideTheLab("apps");

export default defineService({
  name: NAME,
  group: "apps",
  run: {
    image: "ghcr.io/berriai/litellm-non_root:v1.81.3-stable",
    networks: ["backend", "egress"],
    entrypoint: ["litellm"],
    command: ["--config", CONFIG, "--port", String(PORT)],
  },
  user: { uid: 65534, gid: 65534 },
  port: PORT,
  expose: [
    { subdomain: "llm", port: PORT, access: "vpn" },
    {
      ...API_SITE,
      ...{ stripPath: true, port: PORT, access: "public" },
      only: [...API, ...MESSAGES],
      // Nobody is told anything without a key.
      answers: { at: "/litellm/v1/models", status: 401 },
    },
  ],
  environment: () => ({
    LITELLM_MODE: "PRODUCTION",
    // Prices are those of the release, not of the day.
    LITELLM_LOCAL_MODEL_COST_MAP: "True",
  }),
  files: (context) => [
    {
      path: CONFIG,
      content: litellmConfig({
        caching: context.settings["llmCache"] === "semantic" ? "semantic" : "exact",
        collection: SEMANTIC_CACHE.name,
        namespace: CACHE.namespace,
        cache: redisCache.serverOf(context),
        redis: redisDatabase.serverOf(context),
        qdrant: peer(context, qdrantCollection),
        variables: VARIABLES,
      }),
    },
    { path: `${FOLDER}/budget.py`, content: BUDGET_CALLBACKS },
    {
      path: `${FOLDER}/budget.json`,
      content: budgetSettings({
        chat: `${SECRETS_FOLDER}/budget_chat`,
        secret: `${SECRETS_FOLDER}/budget_secret`,
        bot: `${SECRETS_FOLDER}/budget_bot`,
        telegram: context.settings["telegramApi"] as string,
        webhook: `https://${context.domain}/webhook/telegram`,
      }),
    },
  ],
  secrets: {
    master_key: { secret: MASTER_KEY, exported: VARIABLES.masterKey, render: llmKey },
    salt_key: {
      secret: {
        name: "litellmSaltKey",
        description: "Key that LiteLLM encrypts the keys in its database with; losing it loses them",
        ansible: "litellm_salt_key",
        fixed: {
          because: "the keys in LiteLLM's database are encrypted with the one of before",
          lost: "the models and their providers' keys that were added in LiteLLM itself",
          decrypts: true,
        },
        origin: "random",
        length: 32,
      },
      exported: "LITELLM_SALT_KEY",
    },
    database_url: { secret: DATABASE.password, exported: "DATABASE_URL", render: postgresqlDatabase.url(DATABASE) },
    redis_password: { secret: REDIS.password, exported: VARIABLES.redisPassword },
    redis_cache_password: { secret: CACHE.password, exported: VARIABLES.cachePassword },
    qdrant_api_key: { secret: QDRANT_API_KEY, exported: VARIABLES.qdrantKey },
    budget_chat: { secret: ALERTS_CHAT },
    budget_secret: { secret: BUDGET_SECRET },
    budget_bot: { secret: ALERTS_BOT },
    openrouter_api_key: providerKey("openrouter", {
      of: "OpenRouter",
      name: "openrouterApiKey",
      ansible: "openrouter_api_key",
      needed,
    }),
    anthropic_api_key: providerKey("anthropic", {
      of: "Anthropic",
      name: "anthropicApiKey",
      ansible: "anthropic_api_key",
      needed,
    }),
    openai_api_key: providerKey("openai", {
      of: "OpenAI",
      name: "openaiApiKey",
      ansible: "openai_api_key",
      needed,
    }),
    zai_api_key: providerKey("zai", { of: "Z.ai", name: "zaiApiKey", ansible: "zai_api_key", needed: optional }),
    byteplus_api_key: providerKey("volcengine", {
      of: "BytePlus",
      name: "byteplusApiKey",
      ansible: "byteplus_api_key",
      needed: optional,
    }),
  },
  version: {
    test: ["python3", "-c", "import importlib.metadata as m; print(m.version('litellm'))"],
    pattern: "^(\\d+\\.\\d+\\.\\d+)",
  },
  limits: { memoryMiB: 896, cpus: 1 },
  health: {
    test: [
      "python3",
      "-c",
      `import urllib.request; urllib.request.urlopen("http://127.0.0.1:${PORT}/health/readiness", timeout=8)`,
    ],
    interval: 20,
    timeout: 10,
    startPeriod: 180,
  },
  metrics: { path: "/metrics/", key: METRICS_KEY.name },
  alerts: () => SPEND_ALERTS,
  dashboards: [LITELLM_DASHBOARD],
  uses: [
    postgresqlDatabase.request(DATABASE),
    redisDatabase.request(REDIS),
    redisCache.request(CACHE),
    qdrantCollection.request(SEMANTIC_CACHE),
    litellmMetricsKey.request({ key: METRICS_KEY }, { from: NAME }),
  ],
  offers: [litellmKey.offer({ masterKey: MASTER_KEY }), litellmMetricsKey.offer({ masterKey: MASTER_KEY })],
  settings: { llmCache: CACHE_SETTING },
  stopTimeout: 30,
});
