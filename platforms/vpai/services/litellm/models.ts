/** US dollars a day for everything but BytePlus (docs/requirements.md#llm-budget). */
export const DAY_BUDGET = 5;

/** US dollars in 30 days for BytePlus. */
export const MONTH_BUDGET = 5;

/** Part of {@link DAY_BUDGET}. @param percent 0 to 100 */
const share = (percent: number): Budget => ({ dollars: (DAY_BUDGET * percent) / 100, period: "1d" });

/** What may be spent at a provider in one period. */
interface Budget {
  dollars: number;
  /** Length of a period in LiteLLM's notation. */
  period: "1d" | "30d";
}

interface Provider {
  /** Environment variable that holds its key. */
  key: string;
  budget: Budget;
  /** Default: the address that LiteLLM knows. */
  apiBase?: string;
}

/** By LiteLLM's name for them. Shares: docs/requirements.md#llm-budget; the 5 % that it gives nobody stay unspent. */
export const PROVIDERS = {
  openrouter: { key: "OPENROUTER_API_KEY", budget: share(65) },
  anthropic: { key: "ANTHROPIC_API_KEY", budget: share(15) },
  openai: { key: "OPENAI_API_KEY", budget: share(10) },
  zai: { key: "ZAI_API_KEY", budget: share(5) },
  // LiteLLM knows BytePlus by the name of its Chinese sister; 5 USD a month, apart from the others.
  volcengine: {
    key: "BYTEPLUS_API_KEY",
    budget: { dollars: MONTH_BUDGET, period: "30d" },
    apiBase: "https://ark.ap-southeast.bytepluses.com/api/v3",
  },
} satisfies Record<string, Provider>;

/** A model that clients may ask for. */
interface Model {
  /** What clients ask for. */
  name: string;
  provider: keyof typeof PROVIDERS;
  /** The provider's own name for it. */
  id: string;
  /** Costs nothing, and so serves when the money is spent. Default: false. */
  free?: boolean;
  /** US dollars per token where LiteLLM's own list of prices has none. */
  price?: number;
}

/** The models of docs/requirements.md#llm-budget. */
export const MODELS: readonly Model[] = [
  { name: "qwen3-coder", provider: "openrouter", id: "qwen/qwen3-coder:free", free: true },
  { name: "deepseek-v3", provider: "openrouter", id: "deepseek/deepseek-chat-v3-0324:free", free: true },
  { name: "deepseek-r1", provider: "openrouter", id: "deepseek/deepseek-r1-0528:free", free: true },
  { name: "claude-sonnet", provider: "anthropic", id: "claude-sonnet-4-5" },
  { name: "claude-haiku", provider: "anthropic", id: "claude-haiku-4-5" },
  { name: "gpt-4o", provider: "openai", id: "gpt-4o" },
  { name: "glm", provider: "zai", id: "glm-4.7" },
  // Any model of BytePlus, all counted at the price of the dearest one that the pipeline uses.
  { name: "byteplus/*", provider: "volcengine", id: "*", price: 2.5e-6 },
];

/** Models that take over when a provider's budget is spent, in this order (eco mode, docs/requirements.md#llm-budget). */
export const ECO_MODELS = ["qwen3-coder", "deepseek-v3"];

/** Makes the vectors of the semantic cache. */
export const EMBEDDING = { name: "text-embedding-3-small", provider: "openai", id: "text-embedding-3-small" } as const;

/** Numbers in a vector of {@link EMBEDDING}. */
export const EMBEDDING_SIZE = 1536;
