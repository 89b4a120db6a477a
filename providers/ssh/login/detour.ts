import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Login } from "../connection";

/**
 * How the user's own OpenSSH config goes round to a host: `ProxyJump bastion`, say. Undefined when it goes straight, and when no
 * `ssh` can tell.
 */
export async function detourTo({ user, host, port }: Login): Promise<string | undefined> {
  const asked = promisify(execFile)("ssh", ["-G", "-p", String(port), `${user}@${host}`], {
    timeout: 5000,
    env: process.env,
  });
  const { stdout } = await asked.catch(() => ({ stdout: "" }));
  const [, name, value] = /^proxy(jump|command) (?!none$)(.+)$/m.exec(stdout) ?? [];
  return name === undefined ? undefined : `${name === "jump" ? "ProxyJump" : "ProxyCommand"} ${value ?? ""}`;
}
