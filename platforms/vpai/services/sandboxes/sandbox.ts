import type { Settings } from "./broker/settings";

/** Folder of the platform's data that holds the broker's socket; OpenClaw has it mounted, and nobody else. */
export const SOCKET_DATA = "sandboxes";

/** The same, as both containers see it. */
export const SOCKET_FOLDER = "/run/sandboxes";

/** Where the broker listens. */
export const SOCKET = `${SOCKET_FOLDER}/docker.sock`;

/** OpenClaw's own folder of its sub-agents' workspaces. */
export const WORKSPACES = "/home/node/.openclaw/sandboxes";

/**
 * What a sub-agent's container is; all numbers but that of two at a time: docs/decisions/openclaw-sandboxes.md. The image has bash,
 * git, curl and Python, and is the one that OpenClaw's own is built on.
 */
export const SANDBOX = {
  image: "docker.io/library/node:22.23.5-bookworm",
  network: "sandbox",
  count: 2,
  memoryMiB: 512,
  cpus: 0.5,
  pids: 256,
  lifetime: 3600,
  idle: 600,
} as const satisfies Partial<Settings>;
