import { stringify } from "yaml";
import { z } from "zod";
import type { Peer } from "../../../../model/context";
import { BUDGET_GUARD } from "./budget";
import { ECO_MODELS, EMBEDDING, MODELS, PROVIDERS } from "./models";

type Model = (typeof MODELS)[number];

/** Key of a stack's file that says which response is taken from the cache. */
export const CACHE_SETTING = z
  .enum(["exact", "semantic"], { error: "exact or semantic" })
  .default("exact")
  .describe(
    "Which question LiteLLM answers from its cache. exact: the same one, from Redis. semantic: one of the same meaning, " +
      "from Qdrant; each question then costs an embedding at OpenAI.",
  );

/** What the configuration takes from the services around it. */
export interface LitellmSettings {
  caching: z.output<typeof CACHE_SETTING>;
  /** First part of the exact cache's keys. */
  namespace: string;
  /** The Redis of the exact cache. */
  cache: Pick<Peer, "host" | "port">;
  /** Collection of the semantic cache. */
  collection: string;
  redis: Pick<Peer, "host" | "port">;
  qdrant: Pick<Peer, "host" | "port">;
  /** Environment variables that hold secrets. */
  variables: { masterKey: string; qdrantKey: string; redisPassword: string; cachePassword: string };
}

/** A reference that LiteLLM resolves itself: no secret is in its file. */
const fromEnvironment = (variable: string): string => `os.environ/${variable}`;

/** LiteLLM's `config.yaml`. */
export function litellmConfig(settings: LitellmSettings): string {
  const { redis, variables } = settings;
  return stringify(
    {
      model_list: [...MODELS, EMBEDDING].map(deployment),
      router_settings: {
        redis_host: redis.host,
        redis_port: redis.port,
        redis_password: fromEnvironment(variables.redisPassword),
        provider_budget_config: budgets(),
        fallbacks: ecoMode(),
        num_retries: 0,
        timeout: 300,
      },
      litellm_settings: {
        drop_params: true,
        callbacks: ["prometheus", BUDGET_GUARD],
        // They name keys, teams and models.
        require_auth_for_metrics_endpoint: true,
        cache: true,
        cache_params: settings.caching === "exact" ? exactCache(settings) : semanticCache(settings),
      },
      general_settings: {
        master_key: fromEnvironment(variables.masterKey),
        store_model_in_db: true,
      },
    },
    { aliasDuplicateObjects: false },
  );
}

/** Seconds after which a response is asked for anew (docs/decisions/llm-cache.md). */
const FRESH = 3600;

/** A question is the same when model, messages and parameters are. */
const exactCache = ({ namespace, cache, variables }: LitellmSettings): object => ({
  type: "redis",
  host: cache.host,
  port: cache.port,
  password: fromEnvironment(variables.cachePassword),
  namespace,
  ttl: FRESH,
});

const semanticCache = ({ collection, qdrant, variables }: LitellmSettings): object => ({
  type: "qdrant-semantic",
  qdrant_api_base: `http://${qdrant.host}:${qdrant.port}`,
  qdrant_api_key: fromEnvironment(variables.qdrantKey),
  qdrant_collection_name: collection,
  qdrant_semantic_cache_embedding_model: EMBEDDING.name,
  similarity_threshold: 0.95,
  // Other calls have no messages, which this cache compares.
  supported_call_types: ["completion", "acompletion"],
});

function deployment({ name, provider, id, ...model }: Model): object {
  const { key, apiBase }: { key: string; apiBase?: string } = PROVIDERS[provider];
  return {
    model_name: name,
    litellm_params: {
      model: `${provider}/${id}`,
      api_key: fromEnvironment(key),
      ...(apiBase === undefined ? {} : { api_base: apiBase }),
      ...priceOf(model),
    },
  };
}

/** LiteLLM counts a model that its list of prices does not have as one that costs nothing; both are said here. */
function priceOf({ free = false, price = free ? 0 : undefined }: Pick<Model, "free" | "price">): object {
  return price === undefined ? {} : { input_cost_per_token: price, output_cost_per_token: price };
}

/** What each provider may cost: LiteLLM's router leaves out one whose money is spent. */
const budgets = (): object =>
  Object.fromEntries(
    Object.entries(PROVIDERS).map(([provider, { budget }]) => [
      provider,
      { budget_limit: budget.dollars, time_period: budget.period },
    ]),
  );

/**
 * Who answers in a model's place when its provider's budget is spent or the provider fails: the free models, which no
 * budget stops. Nothing is retried before: a spent budget stays spent, and the next model is there at once.
 */
const ecoMode = (): object[] =>
  MODELS.filter(({ name }) => !name.endsWith("*")).map(({ name }) => ({
    [name]: ECO_MODELS.filter((eco) => eco !== name),
  }));
