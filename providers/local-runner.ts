import { spawn } from "node:child_process";
import { type Answer, type CommandRunner, CommandError, type RunOptions } from "./ssh/transport";

/** Commands on this machine, in the form of those on a host. */
export class LocalRunner implements CommandRunner {
  readonly name = "this machine";

  run([command = "", ...args]: readonly string[], { stdin = "" }: RunOptions = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"] });
      const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
      child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
      child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
      child.on("error", reject);
      child.on("close", (code) =>
        resolve({
          code: code ?? 128,
          stdout: Buffer.concat(stdout).toString("utf8"),
          stderr: Buffer.concat(stderr).toString("utf8"),
        }),
      );
      // A command may end without reading; its exit code tells how it went.
      child.stdin.on("error", () => undefined);
      child.stdin.end(stdin);
    });
  }

  async output(argv: readonly string[], options: RunOptions = {}): Promise<string> {
    const answer = await this.run(argv, options);
    if (answer.code !== 0) throw new CommandError(this.name, argv, answer);
    return answer.stdout;
  }
}
