import type { Platform } from "../../model/platform";
import { pulumiOutput } from "../stack/pulumi";
import { madeIfAny } from "../secrets/made";
import { readStackFile } from "../secrets/stack-file";
import { exportedState } from "../engine/exported";
import { readingSecrets } from "./settings";

/** Values of the secrets without which a stack's data cannot be read, by name: those that it has, and no other secret. */
export async function secretsForReading(stack: string, platform: Platform): Promise<Record<string, string>> {
  const { values } = await readStackFile(stack);
  const printed = await pulumiOutput(stack, "stack", "export", "--show-secrets", "--stack", stack);
  const state = exportedState(printed);
  return Object.fromEntries(
    readingSecrets(platform).flatMap((name): [string, string][] => {
      const value = values[`secrets:${name}`] ?? madeIfAny(state, name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
