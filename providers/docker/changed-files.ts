import type { CommandRunner } from "../ssh/transport";
import { inspectContainer } from "./container";

/** Files that a container's program reads. */
interface Files {
  /** Names their content. */
  revision: string;
  /** Folders on the host that hold them; they need not exist. */
  folders: string[];
}

/** How a program takes on changed files; with neither, it reads none. */
export interface OnChange {
  /** By a restart of its container, which gets `timeout` seconds to stop. */
  restart?: Files & { timeout: number };
  /** By a command in its container. */
  reload?: Files & { command: string[] };
}

/** Makes a running program read files that were written after its start; a fresh container is left alone. */
export async function takeOnChangedFiles(
  host: CommandRunner,
  container: string,
  { restart, reload }: OnChange,
): Promise<void> {
  const folders = (restart ?? reload)?.folders;
  const state = folders === undefined ? undefined : (await inspectContainer(host, container))?.State;
  // What does not run reads its files when it starts.
  if (folders === undefined || state?.Status !== "running") return;
  const search = ["-type", "f", "-newermt", state.StartedAt, "-print", "-quit"];
  const { stdout } = await host.run(["find", ...folders, ...search]);
  if (stdout === "") return;
  if (restart !== undefined) await host.output(["docker", "restart", "--time", String(restart.timeout), container]);
  else if (reload !== undefined) await host.output(["docker", "exec", container, ...reload.command]);
}
