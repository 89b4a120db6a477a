import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { pulumiOutput } from "../engine/run";
import { type ExportedState, exportedState } from "../engine/exported";
import { changeStack } from "./prepare";

/**
 * Changes what a stack's state says, by the engine's own export and import; what it said is kept aside as before every run.
 * @param change gives the new export, with its secrets encrypted as they are; undefined where nothing is to change
 * @throws when the engine refuses it, which leaves the state as it is
 */
export async function rewriteState(
  stack: string,
  change: (exported: ExportedState) => ExportedState | undefined,
): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "vpai-state-"));
  const file = path.join(folder, "state.json");
  try {
    const code = await changeStack(
      stack,
      async () => {
        const printed = await pulumiOutput(stack, "stack", "export", "--stack", stack);
        const changed = change(exportedState(printed));
        if (changed === undefined) return undefined;
        writeFileSync(file, JSON.stringify(changed), { mode: 0o600 });
        return ["stack", "import", "--stack", stack, "--file", file];
      },
      false,
    );
    if (code !== 0)
      throw new Error(`expected the engine to take the changed state of ${stack}, found exit code ${code}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
