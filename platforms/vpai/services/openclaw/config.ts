import type { Peer } from "../../../../model/context";
import { MODELS } from "../litellm/models";
import { AGENTS, MAIN_AGENT } from "./agents";
import { CONTENT_INDEX, PLUGIN_FOLDER } from "./content-index";
import type { ContentIndexConfig } from "./content-index/index";

/** What the configuration takes from the service and its surroundings. */
export interface OpenclawSettings {
  port: number;
  /** Address of the Control UI, e.g. `https://javisi.ewutelo.cloud`. */
  origin: string;
  /** The LLM proxy. */
  llm: Pick<Peer, "host" | "port">;
  /** Networks from which a reverse proxy may tell a client's address, in CIDR form. */
  proxies: readonly string[];
  /** The sub-agents' containers: image, network, user and limits, as the broker that makes them expects it. */
  sandbox: {
    image: string;
    network: string;
    user: string;
    count: number;
    memoryMiB: number;
    cpus: number;
    pids: number;
  };
  /** Environment variables that hold secrets. */
  variables: { token: string; llmKey: string };
  /** File of the Telegram bot's token; where there is none, the bot stays silent. */
  telegramToken: string;
  /** Settings of the plugin through which agents use their collection in Qdrant. */
  contentIndex: ContentIndexConfig;
}

/** OpenClaw's name for LiteLLM among its providers of models. */
const PROVIDER = "litellm";

/** What every agent uses unless it says otherwise: free of charge, and never refused for its cost. */
const DEFAULT_MODEL = "deepseek-v3";

/**
 * Extensions that it loads, of the forty that it ships, and ours: each is compiled in memory at the start of a new container, and
 * all of them together take more than its limit (docs/decisions/openclaw-plugins.md).
 */
const PLUGINS = ["telegram", CONTENT_INDEX];

/** A reference that OpenClaw resolves itself: no secret is in its file. */
const fromEnvironment = (variable: string): string => `\${${variable}}`;

const modelOf = (name: string): string => `${PROVIDER}/${name}`;

/** Names that clients may ask for; a pattern is none. */
const models = (): string[] => MODELS.map(({ name }) => name).filter((name) => !name.includes("*"));

/** OpenClaw's `openclaw.json`. */
export const openclawConfig = (settings: OpenclawSettings): string =>
  `${JSON.stringify(
    {
      gateway: gateway(settings),
      models: { mode: "replace", providers: { [PROVIDER]: provider(settings) } },
      agents: { defaults: defaults(settings), list: AGENTS.map(agent) },
      tools: { elevated: { enabled: false }, sandbox: { tools: { deny: ["browser", "canvas", "nodes", "gateway"] } } },
      channels: { telegram: { enabled: true, tokenFile: settings.telegramToken, dmPolicy: "pairing" } },
      plugins: plugins(settings),
      discovery: { mdns: { mode: "off" } },
      update: { checkOnStart: false },
    },
    null,
    2,
  )}\n`;

const gateway = ({ port, origin, proxies, variables }: OpenclawSettings): object => ({
  mode: "local",
  port,
  bind: "lan",
  auth: { mode: "token", token: fromEnvironment(variables.token) },
  controlUi: { enabled: true, allowedOrigins: [origin] },
  trustedProxies: proxies,
});

const plugins = ({ contentIndex }: OpenclawSettings): object => ({
  allow: PLUGINS,
  load: { paths: [PLUGIN_FOLDER] },
  // Its own kinds of memory are among what is not loaded.
  slots: { memory: "none" },
  entries: { [CONTENT_INDEX]: { enabled: true, config: contentIndex } },
});

const provider = ({ llm, variables }: OpenclawSettings): object => ({
  baseUrl: `http://${llm.host}:${llm.port}/v1`,
  apiKey: fromEnvironment(variables.llmKey),
  api: "openai-completions",
  models: models().map((id) => ({ id, name: id })),
});

/** Every session but an agent's main one runs its tools in a container of its own, which reaches nothing outside. */
const defaults = ({ sandbox }: OpenclawSettings): object => ({
  model: { primary: modelOf(DEFAULT_MODEL), fallbacks: [modelOf("qwen3-coder")] },
  maxConcurrent: sandbox.count,
  subagents: { maxConcurrent: sandbox.count },
  sandbox: {
    mode: "non-main",
    scope: "session",
    workspaceAccess: "none",
    docker: {
      image: sandbox.image,
      network: sandbox.network,
      user: sandbox.user,
      readOnlyRoot: true,
      capDrop: ["ALL"],
      pidsLimit: sandbox.pids,
      memory: `${sandbox.memoryMiB}m`,
      memorySwap: `${sandbox.memoryMiB}m`,
      cpus: sandbox.cpus,
    },
    // The broker ends them earlier; this is OpenClaw's own list of them.
    prune: { idleHours: 1, maxAgeDays: 1 },
  },
});

const agent = ({ id, name, model }: (typeof AGENTS)[number]): object => ({
  id,
  name,
  ...(id === MAIN_AGENT ? { default: true, subagents: { allowAgents: ["*"] } } : {}),
  ...(model === undefined ? {} : { model: modelOf(model) }),
});
