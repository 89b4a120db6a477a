/** One of OpenClaw's agents. */
interface Agent {
  /** Also the name of its folders. */
  id: string;
  name: string;
  /** Name of its model at LiteLLM. Default: that of all agents. */
  model?: string;
}

/** Who answers when no binding says otherwise, and who may call the others. */
export const MAIN_AGENT = "main";

/** Ten agents (docs/requirements.md#global-view gives their number only). */
export const AGENTS: readonly Agent[] = [
  { id: MAIN_AGENT, name: "Main" },
  { id: "ops", name: "Operations" },
  { id: "builder", name: "Builder", model: "qwen3-coder" },
  { id: "reviewer", name: "Reviewer", model: "claude-sonnet" },
  { id: "researcher", name: "Researcher", model: "deepseek-r1" },
  { id: "writer", name: "Writer", model: "claude-haiku" },
  { id: "creative", name: "Creative studio" },
  { id: "finance", name: "Finance" },
  { id: "planner", name: "Planner" },
  { id: "memory", name: "Memory" },
];
