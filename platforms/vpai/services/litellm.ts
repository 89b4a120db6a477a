import { optional, outsideTheLab, type SecretDeclaration } from "../../../model/secret";
import { defineService, llmKey, ownDatabase, type SecretFile } from "../../../model/service";
import { QDRANT_API_KEY } from "./qdrant";
import { REDIS_PASSWORD } from "./redis";
import { databaseUrl } from "../../../capabilities/database-url";
import { litellmConfig } from "./litellm/config";
import { EMBEDDING_SIZE, PROVIDERS } from "./litellm/models";

const PORT = 4000;
const CONFIG = "/etc/litellm/config.yaml";

const SEMANTIC_CACHE = { name: "semantic_cache", size: EMBEDDING_SIZE, distance: "Cosine" } as const;

const VARIABLES = {
  masterKey: "LITELLM_MASTER_KEY",
  qdrantKey: "QDRANT_API_KEY",
  redisPassword: "REDIS_PASSWORD",
} as const;

const MASTER_KEY = {
  name: "litellmMasterKey",
  description: "LiteLLM's administrator key; it may do everything, also make other keys",
  ansible: "litellm_master_key",
  origin: "random",
  length: 32,
} as const;

const DATABASE = ownDatabase("litellm", "LiteLLM's");

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
  name: "litellm",
  group: "apps",
  image: "ghcr.io/berriai/litellm-non_root:v1.81.3-stable",
  user: { uid: 65534, gid: 65534 },
  networks: ["backend", "egress"],
  port: PORT,
  expose: [
    { subdomain: "llm", port: PORT, access: "vpn" },
    { subdomain: "", path: "/litellm/*", stripPath: true, port: PORT, access: "public" },
  ],
  entrypoint: ["litellm"],
  command: ["--config", CONFIG, "--port", String(PORT)],
  environment: () => ({
    LITELLM_MODE: "PRODUCTION",
    // Prices are those of the release, not of the day.
    LITELLM_LOCAL_MODEL_COST_MAP: "True",
  }),
  files: () => [{ path: CONFIG, content: litellmConfig({ collection: SEMANTIC_CACHE.name, variables: VARIABLES }) }],
  secrets: {
    master_key: { secret: MASTER_KEY, exported: VARIABLES.masterKey, render: llmKey },
    salt_key: {
      secret: {
        name: "litellmSaltKey",
        description: "Key that LiteLLM encrypts the keys in its database with; losing it loses them",
        ansible: "litellm_salt_key",
        origin: "random",
        length: 32,
      },
      exported: "LITELLM_SALT_KEY",
    },
    database_url: { secret: DATABASE.password, exported: "DATABASE_URL", render: databaseUrl(DATABASE) },
    redis_password: { secret: REDIS_PASSWORD, exported: VARIABLES.redisPassword },
    qdrant_api_key: { secret: QDRANT_API_KEY, exported: VARIABLES.qdrantKey },
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
  limits: { memoryMiB: 1024, cpus: 1 },
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
  metrics: { path: "/metrics/" },
  needs: ["postgresql", "redis", "qdrant"],
  database: DATABASE,
  collections: [SEMANTIC_CACHE],
  llmProxy: { masterKey: MASTER_KEY },
  stopTimeout: 30,
  backup: { kind: "none", reason: "all that it keeps is in PostgreSQL, whose dumps contain it" },
});
