import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { pulumiOutput } from "../engine/run";
import { exportedState } from "../engine/exported";

/**
 * An interrupted run leaves notes of what it was about to create, which Pulumi warns of for ever. Every resource of
 * this program adopts or sweeps what is there when it is created, so the notes say nothing that `up` does not find out.
 */
export async function forgetPendingCreates(stack: string): Promise<void> {
  const printed = await pulumiOutput(stack, "stack", "export", "--stack", stack);
  const state = exportedState(printed);
  const pending = state.deployment?.pending_operations ?? [];
  const others = pending.filter(({ type }) => type !== "creating");
  if (others.length === pending.length) return;
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), "vpai-state-")), "state.json");
  writeFileSync(file, JSON.stringify({ ...state, deployment: { ...state.deployment, pending_operations: others } }), {
    mode: 0o600,
  });
  try {
    await pulumiOutput(stack, "stack", "import", "--stack", stack, "--file", file);
  } finally {
    rmSync(path.dirname(file), { recursive: true });
  }
}
