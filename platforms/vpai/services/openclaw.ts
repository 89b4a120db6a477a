import { litellmKey, llmKey } from "../../../capabilities/litellm-key";
import { qdrantCollection } from "../../../capabilities/qdrant-collection";
import { bearerLogin } from "../../../model/proof";
import { optional } from "../../../model/secret";
import { SECRETS_FOLDER } from "../../../model/files";
import { defineService } from "../../../model/service";
import { hostnameOf } from "../../../model/site";
import { peer, subnetsOf } from "../../../model/peers";
import { vaultUser } from "./couchdb/users";
import { COLLECTOR, COLLECTOR_LOGIN } from "./openclaw/collector";
import { openclawConfig } from "./openclaw/config";
import { COLLECTION, contentIndexConfig, contentIndexFiles } from "./openclaw/content-index";
import { QDRANT_API_KEY } from "./qdrant";
import { USER } from "./sandboxes/broker/container-request";
import { SANDBOX, SOCKET, SOCKET_DATA, SOCKET_FOLDER } from "./sandboxes/sandbox";

const SITE = { subdomain: "javisi", port: 18789, access: "vpn" } as const;

const CONFIG = "/etc/openclaw/openclaw.json";
const TELEGRAM_TOKEN = "telegram_bot_token";

const VARIABLES = {
  token: "OPENCLAW_GATEWAY_TOKEN",
  llmKey: "OPENCLAW_LLM_KEY",
  qdrantKey: "OPENCLAW_QDRANT_KEY",
} as const;

const GATEWAY_TOKEN = {
  name: "openclawGatewayToken",
  description: "Token that opens OpenClaw's gateway",
  ansible: "openclaw_gateway_token",
  origin: "random",
  length: 32,
} as const;

const LLM_KEY = {
  name: "openclawApiKey",
  description: "OpenClaw's key at LiteLLM",
  ansible: "openclaw_api_key",
  origin: "random",
  length: 32,
} as const;

export default defineService({
  name: "openclaw",
  group: "apps",
  run: {
    image: "ghcr.io/openclaw/openclaw:2026.2.22",
    networks: ["backend", "egress"],
    entrypoint: ["node", "openclaw.mjs"],
    command: ["gateway"],
    hostMounts: [
      // The engine's client, which is on every host that the platform logs in to: OpenClaw starts it, and its image has none.
      { source: "/usr/bin/docker", target: "/usr/local/bin/docker" },
      { source: SOCKET_DATA, target: SOCKET_FOLDER },
    ],
  },
  user: { uid: 1000, gid: 1000 },
  port: SITE.port,
  expose: [SITE],
  environment: () => ({
    OPENCLAW_CONFIG_PATH: CONFIG,
    OPENCLAW_STATE_DIR: "/home/node/.openclaw",
    // "Nix mode" is its word for a configuration that it must not write itself.
    OPENCLAW_NIX_MODE: "1",
    // No engine, but the broker that makes sandboxes alone.
    DOCKER_HOST: `unix://${SOCKET}`,
  }),
  files: (context) => [
    {
      path: CONFIG,
      content: openclawConfig({
        port: SITE.port,
        origin: `https://${hostnameOf(SITE, context.domain)}`,
        // Caddy, on the network that they share.
        proxies: subnetsOf(context, ["backend"]),
        llm: peer(context, litellmKey),
        sandbox: { ...SANDBOX, user: USER },
        variables: VARIABLES,
        telegramToken: `${SECRETS_FOLDER}/${TELEGRAM_TOKEN}`,
        contentIndex: contentIndexConfig(context, VARIABLES),
      }),
    },
    ...contentIndexFiles(),
  ],
  secrets: {
    gateway_token: { secret: GATEWAY_TOKEN, exported: VARIABLES.token },
    api_key: { secret: LLM_KEY, exported: VARIABLES.llmKey, render: llmKey },
    qdrant_api_key: { secret: QDRANT_API_KEY, exported: VARIABLES.qdrantKey },
    [TELEGRAM_TOKEN]: {
      secret: {
        name: "telegramBotToken",
        description: "Token of the Telegram bot, from @BotFather",
        ansible: "telegram_bot_token",
        origin: "supplied",
        needed: optional,
      },
    },
  },
  data: [{ path: "/home/node/.openclaw", backup: { kind: "files" } }],
  proofs: () => [
    {
      secret: GATEWAY_TOKEN,
      as: "whoever shows the token",
      // It uses no tool: whom the gateway lets in it tells that none is named.
      request: (value) => ({ method: "POST", path: "/tools/invoke", headers: bearerLogin(value), body: {} }),
      accepted: (status) => status === 400,
    },
  ],
  version: { test: ["node", "openclaw.mjs", "--version"], pattern: "(\\d+\\.\\d+\\.\\d+)" },
  limits: { memoryMiB: 448, cpus: 1 },
  health: {
    test: ["wget", "-q", "-O", "/dev/null", `http://127.0.0.1:${SITE.port}/`],
    startPeriod: 120,
  },
  needs: ["sandboxes"],
  uses: [
    litellmKey.request({ alias: "openclaw", budgetDuration: "1d", key: LLM_KEY }),
    qdrantCollection.request(COLLECTION),
    vaultUser(COLLECTOR_LOGIN),
  ],
  jobs: [COLLECTOR],
  stopTimeout: 30,
});
