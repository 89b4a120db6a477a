import { spawn } from "node:child_process";
import { type Connection, sshCommand } from "@vpai/providers";

/** A command of a host's root. */
export interface End {
  connection: Connection;
  argv: readonly string[];
}

/**
 * Runs a command on each of two hosts; what the first one writes is the second one's standard input. What they say goes to this terminal.
 * @param said where what the second one prints goes. Default: standard output
 * @returns whether both succeeded
 */
export async function transfer(from: End, to: End, said: "inherit" | 2 = "inherit"): Promise<boolean> {
  const [giving = "", ...givingArgs] = sshCommand(from.connection, from.argv, false);
  const [taking = "", ...takingArgs] = sshCommand(to.connection, to.argv, false);
  const giver = spawn(giving, givingArgs, { stdio: ["ignore", "pipe", "inherit"] });
  const taker = spawn(taking, takingArgs, { stdio: ["pipe", said, "inherit"] });
  // One that ends early is told by its exit code.
  taker.stdin?.on("error", () => undefined);
  if (taker.stdin !== null) giver.stdout.pipe(taker.stdin);
  const codes = await Promise.all(
    [giver, taker].map(
      (child) =>
        new Promise<number>((resolve, reject) =>
          child.on("error", reject).on("close", (code: number | null) => resolve(code ?? 1)),
        ),
    ),
  );
  return codes.every((code) => code === 0);
}
