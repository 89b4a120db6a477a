import { spawn } from "node:child_process";
import { ensureImage } from "../../../lab/images/build";
import { localDocker } from "./docker";
import type { Lab } from "./lab";
import { ASK, WATCH } from "./ports";
import { type Result, run, succeed } from "./run";

/** A computer on the public side of a lab, with curl (HTTP/3, too), openssl and Python, that sends real packets. */
export class Outsider {
  private constructor(private readonly container: string) {}

  static async start({ identity }: Lab, name: string): Promise<Outsider> {
    const container = `${identity.prefix}-${name}`;
    const options = ["--name", container, "--network", identity.prefix, "--label", `dev.vpai.lab=${identity.id}`];
    const sleeping = ["--cap-add", "NET_ADMIN", "--entrypoint", "sleep", await ensureImage("lab-host"), "infinity"];
    await localDocker("rm", "--force", container);
    await localDocker("run", "--detach", ...options, ...sleeping);
    return new Outsider(container);
  }

  /** Runs a command there. @returns its result, whatever the exit code */
  run(...argv: string[]): Promise<Result> {
    return run(["docker", "exec", this.container, ...argv], { timeout: 300 });
  }

  /** Runs a command there. @returns its standard output @throws unless it exits with 0 */
  async output(...argv: string[]): Promise<string> {
    return (await succeed(["docker", "exec", this.container, ...argv], { timeout: 300 })).stdout.trim();
  }

  /** Those of the targets, each `tcp <address> <port>` or `udp …`, that answer. */
  async answering(targets: readonly string[]): Promise<string[]> {
    return lines(await this.output("python3", "-c", ASK, ...targets));
  }

  /** What of the targets answered at any time while something was done. */
  everWhile(targets: readonly string[], act: () => Promise<unknown>): Promise<string[]> {
    return everWhile(this.container, targets, act);
  }

  async remove(): Promise<void> {
    await localDocker("rm", "--force", "--volumes", this.container);
  }
}

const lines = (said: string): string[] => said.split("\n").filter(Boolean);

/** What of the targets answered a container, which has Python, at any time while something was done. */
export async function everWhile(
  container: string,
  targets: readonly string[],
  act: () => Promise<unknown>,
): Promise<string[]> {
  const argv = ["exec", "--interactive", container, "python3", "-c", WATCH, ...targets];
  const child = spawn("docker", argv, { stdio: ["pipe", "pipe", "inherit"] });
  let said = "";
  child.stdout.on("data", (part: Buffer) => (said += part.toString("utf8")));
  const ended = new Promise((resolve) => child.once("close", resolve));
  await act().finally(() => child.stdin.end());
  await ended;
  return [...new Set(lines(said))];
}
