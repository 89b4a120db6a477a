import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { pulumiOutput } from "../engine/run";
import { pulumiJson } from "../engine/pulumi-json";

/**
 * An interrupted run leaves notes of what it was about to create, which Pulumi warns of for ever. Every resource of
 * this program adopts or sweeps what is there when it is created, so the notes say nothing that `up` does not find out.
 */
export async function forgetPendingCreates(stack: string): Promise<void> {
  const printed = await pulumiOutput(stack, "stack", "export", "--stack", stack);
  const state = pulumiJson(printed, "pulumi stack export") as {
    deployment: { pending_operations?: { type: string }[] };
  };
  const pending = state.deployment.pending_operations ?? [];
  const others = pending.filter(({ type }) => type !== "creating");
  if (others.length === pending.length) return;
  state.deployment.pending_operations = others;
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), "vpai-state-")), "state.json");
  writeFileSync(file, JSON.stringify(state), { mode: 0o600 });
  try {
    await pulumiOutput(stack, "stack", "import", "--stack", stack, "--file", file);
  } finally {
    rmSync(path.dirname(file), { recursive: true });
  }
}
