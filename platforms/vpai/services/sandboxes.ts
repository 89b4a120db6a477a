import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { ConfigFile } from "../../../model/files";
import { defineService } from "../../../model/service";
import { type Settings, VARIABLES } from "./sandboxes/broker/settings";
import { SANDBOX, SOCKET, SOCKET_FOLDER, SOCKET_DATA, WORKSPACES } from "./sandboxes/sandbox";

/** Where the container finds the broker's program. */
const PROGRAM = "/etc/sandboxes";

const ENGINE = "/var/run/docker.sock";

const BROKER = path.join(__dirname, "sandboxes/broker");

/** The broker's own source: Node 22 runs TypeScript by leaving the types out. */
const program = (): ConfigFile[] =>
  readdirSync(BROKER)
    .sort()
    .map((file) => ({ path: `${PROGRAM}/${file}`, content: readFileSync(path.join(BROKER, file), "utf8") }));

const environment = (settings: Settings): Record<string, string> =>
  Object.fromEntries(
    Object.entries(VARIABLES).map(([setting, name]) => [name, String(settings[setting as keyof Settings])]),
  );

/**
 * Makes and ends the containers that OpenClaw's sub-agents run in. It alone has the engine's socket; what it is asked for through
 * its own is built from its settings, never passed on (docs/decisions/openclaw-sandboxes.md).
 */
export default defineService({
  name: "sandboxes",
  group: "apps",
  run: {
    image: SANDBOX.image,
    networks: [],
    entrypoint: ["node"],
    command: [
      // What the broker keeps is little; what Node keeps would otherwise follow from the host's memory.
      "--max-old-space-size=24",
      "--disable-warning=ExperimentalWarning",
      "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON",
      `${PROGRAM}/main.ts`,
    ],
    hostMounts: [{ source: ENGINE, target: ENGINE }],
  },
  // Owner of the engine's socket; without any capability, it is no other user's master.
  user: { uid: 0, gid: 0 },
  environment: ({ domain }) =>
    environment({ ...SANDBOX, listen: SOCKET, engine: ENGINE, owner: domain, workspaces: WORKSPACES }),
  files: program,
  data: [
    {
      path: SOCKET_FOLDER,
      directory: SOCKET_DATA,
      mode: "0711",
      backup: { kind: "none", reason: "it holds a socket" },
    },
  ],
  limits: { memoryMiB: 80, cpus: 0.25 },
  guests: { count: SANDBOX.count, memoryMiB: SANDBOX.memoryMiB },
  health: {
    test: ["curl", "-fsS", "-o", "/dev/null", "--unix-socket", SOCKET, "http://sandboxes/_ping"],
    interval: 10,
  },
  version: { test: ["node", "--version"], pattern: "v(\\d+\\.\\d+\\.\\d+)" },
  // It ends all sandboxes first.
  stopTimeout: 30,
});
