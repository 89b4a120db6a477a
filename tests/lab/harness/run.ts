import { spawn } from "node:child_process";
import { cleanEnvironment } from "../../../toolchain/clean-environment";

export { cleanEnvironment };

/** What a command gave. */
export interface Result {
  code: number;
  stdout: string;
  stderr: string;
  /** Both, in the order in which they came. */
  all: string;
}

export interface RunOptions {
  /** Default: the test run's own. */
  directory?: string;
  /** The whole environment. Default: {@link cleanEnvironment}. */
  environment?: NodeJS.ProcessEnv;
  /** Default: nothing. */
  stdin?: string;
  /** Seconds after which the command and its children are killed; its code is then 124. Default: 600. */
  timeout?: number;
}

/** Lines of a command's output that its failure shows. */
const SHOWN_LINES = 60;

/** Runs a command in a process group of its own. @returns its result, whatever the exit code */
export function run([command = "", ...args]: readonly string[], options: RunOptions = {}): Promise<Result> {
  const { directory = process.cwd(), environment = cleanEnvironment(), stdin = "", timeout = 600 } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: directory, env: environment, stdio: "pipe", detached: true });
    const [stdout, stderr, all]: [Buffer[], Buffer[], Buffer[]] = [[], [], []];
    child.stdout.on("data", (chunk: Buffer) => void (stdout.push(chunk), all.push(chunk)));
    child.stderr.on("data", (chunk: Buffer) => void (stderr.push(chunk), all.push(chunk)));
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    }, timeout * 1000);
    child.on("error", (error) => (clearTimeout(timer), reject(error)));
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      const note = late ? `\nkilled after ${timeout} s` : signal === null ? "" : `\nended by ${signal}`;
      resolve({ code: late ? 124 : (code ?? 128), stdout: text(stdout), stderr: text(stderr), all: text(all) + note });
    });
    // A command that ends without reading closes the pipe first.
    child.stdin.on("error", () => undefined);
    child.stdin.end(stdin);
  });
}

/** Runs a command that has to succeed. @throws with the last lines of its output */
export async function succeed(argv: readonly string[], options: RunOptions = {}): Promise<Result> {
  const result = await run(argv, options);
  if (result.code !== 0) throw new Error(`${argv.join(" ")} exited with ${result.code}:\n${lastLines(result.all)}`);
  return result;
}

/** The end of a command's output, for a failure's message. */
export const lastLines = (output: string, lines: number = SHOWN_LINES): string =>
  output.trimEnd().split("\n").slice(-lines).join("\n");

const text = (chunks: Buffer[]): string => Buffer.concat(chunks).toString("utf8");
