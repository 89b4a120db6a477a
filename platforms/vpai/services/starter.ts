import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { ServiceContext } from "../../../model/context";
import { type ConfigFile, SECRETS_FOLDER } from "../../../model/files";
import { startedWith } from "../../../model/peers";
import { bearerLogin, letIn } from "../../../model/proof";
import { isOnDemand } from "../../../model/run";
import { defineService } from "../../../model/service";
import { STARTER_TOKEN } from "./n8n/credentials";

const PORT = 3210;
const FOLDER = "/etc/starter";
const SETTINGS = `${FOLDER}/settings.json`;
const ENGINE = "/var/run/docker.sock";
const TOKEN = "token";

const SOURCE = path.join(__dirname, "starter/program");

/** Its own source: Node 22 runs TypeScript by leaving the types out. */
const program = (): ConfigFile[] =>
  readdirSync(SOURCE)
    .sort()
    .map((file) => ({ path: `${FOLDER}/${file}`, content: readFileSync(path.join(SOURCE, file), "utf8") }));

/** Every service of the host that runs on demand, with what starting it takes. */
const startable = ({ services, hosts, host }: ServiceContext): Record<string, string[]> =>
  Object.fromEntries(
    services
      .filter(({ run }) => isOnDemand(run))
      .map((service) => [service.name, startedWith(service, hosts, host).map(({ name }) => name)]),
  );

const settings = (context: ServiceContext): string =>
  `${JSON.stringify(
    { port: PORT, engine: ENGINE, tokenFile: `${SECRETS_FOLDER}/${TOKEN}`, services: startable(context) },
    null,
    2,
  )}\n`;

/**
 * Starts and stops what runs on demand, for whoever shows its token: n8n has it. It does nothing else with the engine, whose socket it
 * has (docs/decisions/opencut.md).
 */
export default defineService({
  name: "starter",
  group: "studio",
  run: {
    image: "docker.io/library/node:22.23.5-bookworm",
    networks: ["workstation_creative"],
    publish: [{ port: PORT, hostPort: PORT, protocol: "tcp", access: "host" }],
    entrypoint: ["node"],
    command: [
      "--max-old-space-size=24",
      "--disable-warning=ExperimentalWarning",
      "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON",
      `${FOLDER}/main.ts`,
      SETTINGS,
    ],
    hostMounts: [{ source: ENGINE, target: ENGINE }],
  },
  // Owner of the engine's socket; without any capability, it is no other user's master.
  user: { uid: 0, gid: 0 },
  port: PORT,
  expose: [{ subdomain: "starter", port: PORT, access: "vpn", answers: { at: "/health" } }],
  files: (context) => [...program(), { path: SETTINGS, content: settings(context) }],
  secrets: { [TOKEN]: { secret: STARTER_TOKEN } },
  // It knows no such service, and says so to whoever has the token alone.
  proofs: () => [
    {
      secret: STARTER_TOKEN,
      as: "whoever shows the token",
      request: (value) => ({ path: "/services/none", headers: bearerLogin(value) }),
      accepted: letIn,
    },
  ],
  limits: { memoryMiB: 80, cpus: 0.25 },
  health: { test: ["curl", "-fsS", "-o", "/dev/null", `http://127.0.0.1:${PORT}/health`], interval: 10 },
});
