import { SECRETS_FOLDER } from "../../../model/files";
import { defineService } from "../../../model/service";
import { bearerLogin, letIn } from "../../../model/proof";
import { COMPILES, NODE } from "../../../programs/node";
import { npmProgram } from "../../../programs/npm";

const PORT = 3001;
const TOKEN = "auth_token";

/** It wants 32 characters at least. */
const BEARER = {
  name: "n8nMcpToken",
  description: "Bearer token of n8n-mcp on the workstation",
  ansible: "n8n_mcp_auth_token",
  origin: "random",
  length: 48,
} as const;

/** Tells coding agents how n8n's nodes are used. Its own command speaks over standard input; the module itself serves HTTP. */
export default defineService({
  name: "n8n-mcp",
  group: "studio",
  run: {
    program: npmProgram("n8n-mcp", "2.87.0"),
    runtimes: [NODE],
    exec: ["{node}/bin/node", "{n8n-mcp}/node_modules/n8n-mcp/dist/mcp/index.js"],
    publish: [{ port: PORT, hostPort: PORT, protocol: "tcp", access: "host" }],
    sandbox: COMPILES,
  },
  user: { uid: 2311, gid: 2311 },
  port: PORT,
  expose: [{ subdomain: "mcp", port: PORT, access: "vpn", answers: { at: "/health" } }],
  environment: ({ domain }) => ({
    MCP_MODE: "http",
    HOST: "127.0.0.1",
    PORT: String(PORT),
    BASE_URL: `https://mcp.${domain}`,
    TRUST_PROXY: "1",
    N8N_MCP_TELEMETRY_DISABLED: "true",
    NODE_ENV: "production",
    AUTH_TOKEN_FILE: `${SECRETS_FOLDER}/${TOKEN}`,
  }),
  secrets: { [TOKEN]: { secret: BEARER } },
  proofs: () => [
    {
      secret: BEARER,
      as: "whoever shows the token",
      request: (value) => ({
        method: "POST",
        path: "/mcp",
        headers: bearerLogin(value),
        body: { jsonrpc: "2.0", id: 1, method: "ping" },
      }),
      accepted: letIn,
    },
  ],
  limits: { memoryMiB: 512, cpus: 1 },
  health: { http: { port: PORT, path: "/health" } },
});
