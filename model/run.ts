import type { Program } from "./program";
import type { Architecture } from "./stack";
import type { PublishedPort } from "./site";

/** Something of the host itself that the container sees at a path of its own; read-only. */
export interface HostMount {
  /** Absolute path on the host; a relative one is a folder of the platform's own data there. */
  source: string;
  /** Absolute path in the container. */
  target: string;
}

/** A program that runs in a container. */
export interface ContainerRun {
  /** Full image reference with its tag, as production pulls it. */
  image: string;
  /** Who alone can publish the image, for one that no workflow of this project makes: the preview says so. Default: it is there. */
  publisher?: string;
  /** The image's processor architectures. Default: amd64 and arm64. */
  architectures?: readonly Architecture[];
  /** Docker networks of the host that it joins, under the service's name. Empty: it has no network at all. */
  networks: readonly string[];
  /** Ports of the host that lead to the container; one of its networks must have a way out. Default: none. */
  publish?: readonly PublishedPort[];
  /** Program and first arguments instead of the image's own; then `command` follows, and nothing of the image. */
  entrypoint?: readonly string[];
  /** Arguments instead of the image's own. */
  command?: readonly string[];
  /** Writable folders in memory, absolute paths, beside `/tmp`. What lies there counts as the program's memory. Default: none. */
  scratch?: readonly string[];
  /** Why the program may write anywhere in its image; what it writes is gone with the container. Default: the root is read-only. */
  writableRoot?: string;
  /** Parts of the host that the program watches. Default: none. */
  hostMounts?: readonly HostMount[];
  /** Whether the image has bash, so that throw-away containers of it can try what answers where. Default: false. */
  bash?: boolean;
  /** Linux capabilities kept; all others are dropped. Default: none. */
  capabilities?: readonly string[];
  /**
   * `demand`: it is made, and runs from when somebody starts it until somebody stops it or its host does. No `up` waits for it or asks
   * it anything, and nobody is called. Default: it always runs.
   */
  start?: "demand";
}

/** A program that runs on the host itself, as a systemd unit. Files, secrets and data folders are where its service says, as in a container. */
export interface UnitRun {
  /** What is installed; the folder of the version in use is `{program}` in `exec`. */
  program: Program;
  /** Further programs that it needs, such as Node: each by its name, `{node}`. Default: none. */
  runtimes?: readonly Program[];
  /** Program and arguments, absolute path first. */
  exec: readonly string[];
  /** Name of the unit, where packages and people know it by one. Default: the service's. */
  unit?: string;
  /** How it says that it has started: systemd's Type. Default: `exec`, the program is there. */
  type?: "exec" | "notify";
  /** Ports of the host that it listens on by itself; `port` and `hostPort` are the same. Default: none. */
  publish?: readonly PublishedPort[];
  /** Directives of the sandbox that differ from the safe choice, each a declared exception. Default: none. */
  sandbox?: Readonly<Record<string, string>>;
  /** Parts of the host that it sees at a path of its own, read-only. Default: the whole host but homes, where the paths are. */
  hostMounts?: readonly HostMount[];
}

/** How a program runs. */
export type Run = ContainerRun | UnitRun;

/** Folders in memory that a container's program can write to. */
export const scratchOf = ({
  scratch = [],
  writableRoot,
}: Pick<ContainerRun, "scratch" | "writableRoot">): readonly string[] =>
  writableRoot === undefined ? [...new Set(["/tmp", ...scratch])] : scratch;

/** Whether a program runs in a container; if not, it is a systemd unit. */
export const isContainer = (run: Run): run is ContainerRun => "image" in run;

/** Whether a program is off until somebody starts it. */
export const isOnDemand = (run: Run): boolean => isContainer(run) && run.start === "demand";

/** Ports of the host that a program is reached on. */
export const publishedBy = ({ publish = [] }: Run): readonly PublishedPort[] => publish;
