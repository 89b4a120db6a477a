import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** A process of this machine. */
export interface Process {
  pid: number;
  /** Its arguments, joined by spaces. */
  commandLine: string;
  workingDirectory: string;
}

/** The machine's Docker engine is everybody's, wherever somebody started it. */
const ENGINE = /^\S*\/?(dockerd|containerd\S*|docker-proxy)( |$)/;

/** Processes that work in a folder or below it, and may be ended with it. */
export const processesIn = (folder: string): Process[] =>
  processesOf(folder).filter(
    ({ workingDirectory, commandLine }) => `${workingDirectory}/`.startsWith(`${folder}/`) && !ENGINE.test(commandLine),
  );

/** Processes that work in a folder or name it in their arguments, this one and its parents aside. */
export function processesOf(folder: string): Process[] {
  const own = ownAncestors();
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry) && !own.has(Number(entry)))
    .flatMap((entry) => {
      const commandLine =
        attempt(() => readFileSync(`/proc/${entry}/cmdline`, "utf8"))
          ?.replaceAll("\0", " ")
          .trim() ?? "";
      const workingDirectory = attempt(() => readlinkSync(`/proc/${entry}/cwd`)) ?? "";
      const belongs = `${workingDirectory}/`.startsWith(`${folder}/`) || `${commandLine} `.includes(folder);
      return belongs ? [{ pid: Number(entry), commandLine, workingDirectory }] : [];
    });
}

/** Kills a process as an out-of-memory kill would; one that has just ended by itself is no error. */
export function killProcess(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Kills the `pulumi up` that works in a folder, by its id, and only it. */
export function killUp(folder: string): void {
  for (const { pid, commandLine } of processesIn(folder)) if (/(^|\/)pulumi up /.test(commandLine)) killProcess(pid);
}

function ownAncestors(): Set<number> {
  const found = new Set<number>();
  for (let pid = process.pid; pid > 1 && !found.has(pid); pid = parentOf(pid)) found.add(pid);
  return found;
}

const parentOf = (pid: number): number =>
  Number(/^PPid:\t(\d+)/m.exec(attempt(() => readFileSync(`/proc/${pid}/status`, "utf8")) ?? "")?.[1] ?? 1);

/** A process may end while it is looked at. */
function attempt<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
