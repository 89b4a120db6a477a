import type { SpawnOptions } from "node:child_process";
import { withProgress } from "../../toolchain/progress";
import { run } from "../../toolchain/run";

/** How much of a failed step's output is shown, in lines. */
const shownLines = 30;

/**
 * Runs one long step of an image build and reports how long it takes.
 * @throws with the end of its output when it fails
 */
export async function step(
  title: string,
  program: string,
  args: readonly string[],
  options: SpawnOptions = {},
): Promise<void> {
  const { code, stdout, stderr } = await withProgress(title, () => run(program, args, options));
  if (code === 0) return;
  const shown = `${stdout}\n${stderr}`.trim().split("\n").slice(-shownLines).join("\n");
  throw new Error(`${title}: ${program} ended with exit code ${code}; its last lines were:\n${shown}`);
}
