import { randomInt } from "node:crypto";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { availableCapabilities } from "../../../components/machines/lab/capabilities";
import { ensureImage } from "../../../lab/images/build";

/** Containers of lab images, for tests that need no host: each test file has names, a network and files of its own. */

/** Milliseconds. */
export const minute = 60_000;
/** A cold build of all images that a test file tries, on two busy cores. */
const buildTimeout = 30 * minute;

/** Begins the name of every container of this file, and is the name of its network. */
export const run = `vpai-images-test-${process.pid}-${Date.now() % 100_000}`;
/** How the platform runs every container. */
export const hardened = ["--security-opt", "no-new-privileges", "--cap-drop", "ALL"];

const images: Record<string, string> = {};
let files: string;

/** Local reference of one of this file's images. */
export const image = (name: string): string => images[name] ?? "";

/**
 * Makes this file's network. The engine would hand out one range after another, in the end one that a host of these tests has inside:
 * these are none of them.
 */
function createNetwork(tries = 20): void {
  try {
    const range = `192.168.${randomInt(256)}`;
    // The gateway is told too: what a network is not told, an inspection of it does not say.
    docker("network", "create", "--subnet", `${range}.0/24`, "--gateway", `${range}.1`, run);
  } catch (error) {
    if (tries === 1) throw error;
    createNetwork(tries - 1);
  }
}

/** Builds images before this file's tests where they are missing, and removes all of its containers after them. */
export function useImages(...names: string[]): void {
  beforeAll(async () => {
    files = mkdtempSync(path.join(tmpdir(), "images-"));
    chmodSync(files, 0o755);
    for (const name of names) images[name] = await ensureImage(name);
    createNetwork();
  }, buildTimeout);

  afterAll(() => {
    const containers = docker("ps", "--all", "--quiet", "--filter", `name=${run}-`).split("\n").filter(Boolean);
    if (containers.length > 0) docker("rm", "--force", "--volumes", ...containers);
    docker("network", "rm", run);
    rmSync(files, { recursive: true });
  }, minute);
}

/** Options of a lab host that no lab has made, with an engine of its own: what components/machines/lab gives one, too. */
export const bareHost = (): string[] => [
  ...availableCapabilities().flatMap((capability) => ["--cap-add", capability]),
  ...["seccomp=unconfined", "apparmor=unconfined", "systempaths=unconfined"].flatMap((one) => ["--security-opt", one]),
  ...["--cgroupns", "host", "--volume", "/sys/fs/cgroup:/sys/fs/cgroup"],
  ...["--tmpfs", "/run", "--tmpfs", "/run/lock", "--tmpfs", "/tmp:exec", "--volume", "/var/lib/docker"],
];

/** Runs the Docker client and returns what it printed. */
export const docker = (...args: string[]): string =>
  execFileSync("docker", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();

/** Runs a command in a container of this file. */
export const inside = (name: string, ...command: string[]): string => docker("exec", `${run}-${name}`, ...command);

/** Starts a container of that image on this file's network. */
export const start = (name: string, from: string, options: string[], ...command: string[]): void =>
  void docker("run", "--detach", "--name", `${run}-${name}`, "--network", run, ...options, from, ...command);

/** The user and group that a container's main process runs as. */
export const runsAs = (name: string): string[] =>
  [...inside(name, "cat", "/proc/1/status").matchAll(/^[UG]id:\t\d+\t(\d+)/gm)].map(([, id]) => id ?? "");

/** Options that mount a file which every container may read, where a service looks for it. */
export function mounted(target: string, content: string): string[] {
  const source = path.join(files, target.replaceAll("/", "_"));
  writeFileSync(source, content);
  chmodSync(source, 0o644);
  return ["--volume", `${source}:${target}:ro`];
}

/** A text with all that a shell, a format or a template might take for its own. */
export const awkward = `it's "quoted" $HOME \`id\` %s {{x}} é`;
