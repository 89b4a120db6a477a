import { MODELS } from "../litellm/models";

/** What OpenCode's configuration takes from the service. */
interface OpencodeSettings {
  /** LiteLLM's API, with its version: `https://ewutelo.cloud/litellm/v1`. */
  api: string;
  /** File of its key there. */
  keyFile: string;
}

/** OpenCode's name for LiteLLM among its providers of models. */
const PROVIDER = "litellm";

/** What it uses until somebody chooses another one: free of charge, and made for code (docs/requirements.md#llm-budget). */
const DEFAULT_MODEL = `${PROVIDER}/qwen3-coder`;

/** Names that clients may ask for; a pattern is none. */
const names = MODELS.map(({ name }) => name).filter((name) => !name.includes("*"));

/** OpenCode's `opencode.json`: LiteLLM alone. It reads the key's file itself, so that no secret is in this one. */
export const opencodeConfig = ({ api, keyFile }: OpencodeSettings): string =>
  `${JSON.stringify(
    {
      $schema: "https://opencode.ai/config.json",
      enabled_providers: [PROVIDER],
      provider: {
        [PROVIDER]: {
          npm: "@ai-sdk/openai-compatible",
          name: "LiteLLM",
          options: { baseURL: api, apiKey: `{file:${keyFile}}` },
          models: Object.fromEntries(names.map((name) => [name, { name }])),
        },
      },
      model: DEFAULT_MODEL,
      small_model: DEFAULT_MODEL,
      autoupdate: false,
      share: "disabled",
    },
    null,
    2,
  )}\n`;
