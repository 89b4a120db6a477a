import type { CommandRunner } from "../ssh/transport";
import { type Container, inspectContainer } from "./container";
import { LOOK, NOTE, readNote, WRONG } from "./read-note";

/** Files that a container's program reads. */
interface Files {
  /** Names their content. */
  revision: string;
  /** Folders on the host that hold them; they need not exist. */
  folders: string[];
}

/** How a program takes on changed files; with neither, it reads none. With both, a restart has what the command does not load. */
export interface OnChange {
  /** By a restart of its container, which gets `timeout` seconds to stop. */
  restart?: Files & { timeout: number };
  /** By a command in its container, which fails unless the program has loaded them. */
  reload?: Files & {
    command: string[];
    /** What the command reads. Secret. Default: nothing. */
    stdin?: string;
  };
  /**
   * What each file has to hold, a line `<SHA-256>  <path on the host>` for each: as `sha256sum --check` reads it. Secret where
   * a file is. Default: they are not compared.
   */
  given?: string;
}

/**
 * Makes a running program read files that it has not read; a fresh container is left alone. What it has read is noted on
 * the host, by the files' content and not by their age.
 * @param before what each file had to hold when the container was last seen to have read all of them
 * @returns what is wrong with the files, in words; undefined when they are what they have to be
 */
export async function takeOnChangedFiles(
  host: CommandRunner,
  container: string,
  { lastHealthy, ...onChange }: OnChange & { lastHealthy: string },
  before?: string,
): Promise<string | undefined> {
  const folders = (onChange.restart ?? onChange.reload)?.folders;
  const found = folders === undefined ? undefined : await inspectContainer(host, container);
  // What does not run reads its files when it starts.
  if (folders === undefined || found?.State.Status !== "running") return undefined;
  const [note, stdin] = [readNote(lastHealthy), onChange.given];
  const { StartedAt, Pid } = found.State;
  const seen = folders.flatMap((folder) => [folder, mountedAt(found, folder)]);
  const look = ["sh", "-c", LOOK, "vpai", note, found.Id, StartedAt, String(Pid), ...seen];
  const { code, stdout, stderr } = await host.run(look, { stdin });
  if (code === WRONG) return `files that are not what it was given (${stdout.trim()}): run \`refresh\`, then \`up\``;
  if (code !== 0) throw new Error(`${host.name}: cannot tell which files ${container} has read: ${stderr.trim()}`);
  if (stdout.trim() === "read") return undefined;
  const isLoaded = stdout.trim() === "unread" && (await isReloaded(host, container, onChange, before));
  if (!isLoaded) await host.output(commandFor(container, onChange, stdout.trim()));
  const after = await inspectContainer(host, container);
  await host.output(["sh", "-c", NOTE, "vpai", note, found.Id, after?.State.StartedAt ?? ""], { stdin });
  return undefined;
}

/** Where the container has a folder of the host; empty when it has not. */
const mountedAt = ({ Mounts }: Container, folder: string): string =>
  Mounts?.find(({ Source }) => Source === folder)?.Destination ?? "";

/** Whether all that differs from before was loaded by a command that takes a part of the files. */
async function isReloaded(
  host: CommandRunner,
  container: string,
  { restart, reload, given }: OnChange,
  before: string | undefined,
): Promise<boolean> {
  if (restart === undefined || reload === undefined || before === undefined) return false;
  const changed = differing(before, given ?? "");
  const isIts = (file: string): boolean => reload.folders.some((folder) => file.startsWith(`${folder}/`));
  if (changed.length === 0 || !changed.every(isIts)) return false;
  const argv = ["docker", "exec", "--interactive", container, ...reload.command];
  const { code } = await host.run(argv, { stdin: reload.stdin });
  return code === 0;
}

/** Paths of the lines that one text alone has. */
function differing(one: string, other: string): string[] {
  const [lines, others] = [one, other].map((text) => text.split("\n").filter(Boolean)) as [string[], string[]];
  const differ = [...lines.filter((line) => !others.includes(line)), ...others.filter((line) => !lines.includes(line))];
  return differ.map((line) => line.slice(DIGEST_AND_BLANKS));
}

/** Characters before the path in a line of `sha256sum`. */
const DIGEST_AND_BLANKS = 66;

/** Files in a folder that the container has lost reach it by a restart only. */
function commandFor(container: string, { restart, reload }: OnChange, found: string): string[] {
  if (restart !== undefined) return ["docker", "restart", "--time", String(restart.timeout), container];
  if (reload === undefined || found === "lost") return ["docker", "restart", container];
  return ["docker", "exec", container, ...reload.command];
}
