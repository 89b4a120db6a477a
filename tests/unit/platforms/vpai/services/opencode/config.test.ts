import { opencodeConfig } from "../../../../../../platforms/vpai/services/opencode/config";
import { contextWith } from "../../../../../context";
import opencode from "../../../../../../platforms/vpai/services/opencode";

/** opencode.ai/docs, "Config" and "Providers". */
const CONFIG = {
  $schema: "https://opencode.ai/config.json",
  enabled_providers: ["litellm"],
  provider: {
    litellm: {
      npm: "@ai-sdk/openai-compatible",
      name: "LiteLLM",
      options: { baseURL: "https://ewutelo.cloud/litellm/v1", apiKey: "{file:/run/secrets/llm_key}" },
      // docs/requirements.md#llm-budget; a pattern is no model that one can choose.
      models: {
        "qwen3-coder": { name: "qwen3-coder" },
        "deepseek-v3": { name: "deepseek-v3" },
        "deepseek-r1": { name: "deepseek-r1" },
        "claude-sonnet": { name: "claude-sonnet" },
        "claude-haiku": { name: "claude-haiku" },
        "gpt-4o": { name: "gpt-4o" },
        glm: { name: "glm" },
      },
    },
  },
  model: "litellm/qwen3-coder",
  small_model: "litellm/qwen3-coder",
  autoupdate: false,
  share: "disabled",
};

test("OpenCode knows LiteLLM alone, by the public way, and its key by a file", () => {
  const text = opencodeConfig({ api: "https://ewutelo.cloud/litellm/v1", keyFile: "/run/secrets/llm_key" });
  expect(JSON.parse(text)).toEqual(CONFIG);
});

test("the service's file is that", () => {
  const [file] = opencode.files?.(contextWith({ host: "workstation", domain: "ewutelo.cloud" })) ?? [];
  expect(JSON.parse(file?.content as string)).toEqual(CONFIG);
});
