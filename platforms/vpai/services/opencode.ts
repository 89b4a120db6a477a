import { litellmKey, llmKey } from "../../../capabilities/litellm-key";
import type { ServiceContext } from "../../../model/context";
import { SECRETS_FOLDER } from "../../../model/files";
import { gatewayOf } from "../../../model/peers";
import { basicLogin, letIn } from "../../../model/proof";
import { defineService } from "../../../model/service";
import { COMPILES } from "../../../programs/node";
import { NODE } from "../../../programs/node";
import { npmBinary } from "../../../programs/npm";
import { API_SITE } from "./litellm/site";
import { opencodeConfig } from "./opencode/config";

const NAME = "opencode";
const PORT = 3456;
const CONFIG = "/etc/opencode/opencode.json";
const HOME = "/var/lib/opencode";
const LLM_KEY = "llm_key";

const VIRTUAL_KEY = {
  name: "opencodeLlmKey",
  description: "OpenCode's key at LiteLLM",
  ansible: "opencode_litellm_key",
  origin: "random",
  length: 32,
} as const;

const PASSWORD = {
  name: "opencodePassword",
  description: "Password of OpenCode's server on the workstation, for the user opencode",
  ansible: "opencode_server_password",
  origin: "random",
  length: 32,
} as const;

/** In a lab no resolver knows the domain. */
const addressOfDomain = (context: ServiceContext): Record<string, string> => {
  const address = context.tls === "internal" ? gatewayOf(context, API_SITE) : undefined;
  return address === undefined ? {} : { [context.domain]: address };
};

/** A coding agent's server. Whoever logs in has it run commands as its user, in the unit's sandbox (docs/decisions/coding-tools.md). */
export default defineService({
  name: NAME,
  group: "studio",
  run: {
    program: {
      ...npmBinary(NAME, "1.18.18", { amd64: "opencode-linux-x64", arm64: "opencode-linux-arm64" }),
      commands: { opencode: "bin/opencode" },
    },
    runtimes: [NODE],
    exec: ["{opencode}/bin/opencode", "serve", "--hostname", "127.0.0.1", "--port", String(PORT)],
    publish: [{ port: PORT, hostPort: PORT, protocol: "tcp", access: "host" }],
    sandbox: { ...COMPILES, WorkingDirectory: HOME },
  },
  user: { uid: 2312, gid: 2312 },
  port: PORT,
  // Nobody is told anything without the password.
  expose: [{ subdomain: "oc", port: PORT, access: "vpn", answers: { status: 401 } }],
  extraHosts: addressOfDomain,
  environment: ({ tls }) => ({
    HOME,
    OPENCODE_CONFIG: CONFIG,
    OPENCODE_DISABLE_AUTOUPDATE: "true",
    OPENCODE_DISABLE_LSP_DOWNLOAD: "true",
    // Its models are those of LiteLLM, which the list on the internet does not have.
    OPENCODE_DISABLE_MODELS_FETCH: "true",
    // The gateway's own authority is known to browsers that were told of it (docs/decisions/webhook-relay.md).
    ...(tls === "internal" ? { NODE_TLS_REJECT_UNAUTHORIZED: "0" } : {}),
  }),
  files: ({ domain }) => [
    {
      path: CONFIG,
      content: opencodeConfig({ api: `https://${domain}/litellm/v1`, keyFile: `${SECRETS_FOLDER}/${LLM_KEY}` }),
    },
  ],
  secrets: {
    [LLM_KEY]: { secret: VIRTUAL_KEY, render: llmKey },
    server_password: {
      secret: PASSWORD,
      exported: "OPENCODE_SERVER_PASSWORD",
    },
  },
  proofs: () => [
    {
      secret: PASSWORD,
      as: "user opencode",
      request: (value) => ({ path: "/", headers: basicLogin(NAME, value) }),
      accepted: letIn,
    },
  ],
  data: [{ path: HOME, backup: { kind: "files" } }],
  version: { test: ["{opencode}/bin/opencode", "--version"], pattern: "(\\d+\\.\\d+\\.\\d+)" },
  limits: { memoryMiB: 1024, cpus: 2 },
  health: { http: { port: PORT, path: "/", status: 401 }, timeout: 10 },
  uses: [
    // docs/requirements.md#billing-of-ai-tools
    litellmKey.request({ alias: NAME, budgetDuration: "1d", key: VIRTUAL_KEY }, { beside: ["litellm"] }),
  ],
});
