import { spawn } from "node:child_process";
import { type Connection, sshCommand } from "@vpai/providers";

/** A command of a host's root. */
interface End {
  connection: Connection;
  argv: readonly string[];
}

/**
 * Runs a command on each of two hosts; what the first one writes is the second one's standard input. What they say goes to this terminal.
 * @returns whether both succeeded
 */
export async function transfer(from: End, to: End): Promise<boolean> {
  const [giving = "", ...givingArgs] = sshCommand(from.connection, from.argv, false);
  const [taking = "", ...takingArgs] = sshCommand(to.connection, to.argv, false);
  const giver = spawn(giving, givingArgs, { stdio: ["ignore", "pipe", "inherit"] });
  const taker = spawn(taking, takingArgs, { stdio: ["pipe", "inherit", "inherit"] });
  // One that ends early is told by its exit code.
  taker.stdin.on("error", () => undefined);
  giver.stdout.pipe(taker.stdin);
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
