/** What the broker is told by its environment. */
export interface Settings {
  /** Unix socket that it listens on. */
  listen: string;
  /** Unix socket of the host's engine. */
  engine: string;
  /** Value of the label by which it knows its own sandboxes again. */
  owner: string;
  /** Name by which clients ask for the sandboxes' image, which is the broker's own. */
  image: string;
  /** The one Docker network that a sandbox is on. */
  network: string;
  /** How many there may be at a time. */
  count: number;
  /** MiB of memory of each; it may not swap. */
  memoryMiB: number;
  cpus: number;
  pids: number;
  /** Seconds after which a sandbox is killed, whatever it does. */
  lifetime: number;
  /** Seconds without a command after which a sandbox is removed. */
  idle: number;
  /** Folder of the client below which the workspaces lie that it asks to have mounted. */
  workspaces: string;
}

/** Environment variables by what they set. The platform and the broker know them from here. */
export const VARIABLES: Readonly<Record<keyof Settings, string>> = {
  listen: "SANDBOX_LISTEN",
  engine: "SANDBOX_ENGINE",
  owner: "SANDBOX_OWNER",
  image: "SANDBOX_IMAGE",
  network: "SANDBOX_NETWORK",
  count: "SANDBOX_COUNT",
  memoryMiB: "SANDBOX_MEMORY_MIB",
  cpus: "SANDBOX_CPUS",
  pids: "SANDBOX_PIDS",
  lifetime: "SANDBOX_LIFETIME",
  idle: "SANDBOX_IDLE",
  workspaces: "SANDBOX_WORKSPACES",
};

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws when a variable is missing, or a number is none */
export const settingsFrom = (environment: Environment): Settings => ({
  listen: text("listen", environment),
  engine: text("engine", environment),
  owner: text("owner", environment),
  image: text("image", environment),
  network: text("network", environment),
  count: number("count", environment),
  memoryMiB: number("memoryMiB", environment),
  cpus: number("cpus", environment),
  pids: number("pids", environment),
  lifetime: number("lifetime", environment),
  idle: number("idle", environment),
  workspaces: text("workspaces", environment),
});

function text(setting: keyof Settings, environment: Environment): string {
  const name = VARIABLES[setting];
  const value = environment[name] ?? "";
  if (value === "") throw new Error(`expected the environment variable ${name}, found none: set it`);
  return value;
}

function number(setting: keyof Settings, environment: Environment): number {
  const value = text(setting, environment);
  if (Number(value) > 0) return Number(value);
  throw new Error(`expected a number above zero in ${VARIABLES[setting]}, found ${JSON.stringify(value)}`);
}
