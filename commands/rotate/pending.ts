import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { StackConfig } from "../../config";
import { ROTATING } from "../../config/parse";
import { projectRoot } from "../../toolchain/environment";
import { pulumiOutput } from "../stack/pulumi";
import { writeEncrypted } from "../secrets/stack-file";

/** Rotations that are not over, by the secret's name. */
export type Pending = StackConfig["rotating"];

/** Whether a stack's file has rotations that are not over. */
export function isRotating(stack: string): boolean {
  const file = path.join(projectRoot, `Pulumi.${stack}.yaml`);
  return existsSync(file) && readFileSync(file, "utf8").includes(`${ROTATING}:`);
}

/** Notes, encrypted, what is under way: whoever comes next goes on from there. */
export async function notePending(stack: string, pending: Pending): Promise<void> {
  if (Object.keys(pending).length > 0) return writeEncrypted(stack, ROTATING, JSON.stringify(pending));
  await pulumiOutput(stack, "config", "rm", "--stack", stack, ROTATING);
}

/** Has secrets that the stack makes made anew by the next `up`. @param rotations by secret; all of them, or none, are written */
export async function noteRotations(stack: string, rotations: Readonly<Record<string, number>>): Promise<void> {
  const counted = Object.entries(rotations).map(([name, rotation]) => `vpai:rotations.${name}=${rotation}`);
  if (counted.length === 0) return;
  const plain = counted.flatMap((one) => ["--plaintext", one]);
  await pulumiOutput(stack, "config", "set-all", "--stack", stack, "--path", ...plain);
}
