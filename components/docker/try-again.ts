import { setTimeout as sleep } from "node:timers/promises";
import { type ErrorHookArgs, log } from "@pulumi/pulumi";
import { removeLeftover } from "@vpai/providers";
import { endProgram } from "./end-program";
import type { FindRunner, Named } from "./leftovers";

/** How often a removal and a creation are tried again, and after how many milliseconds: a lost connection is back by then. */
const TRIES = { removals: 5, creations: 1, pause: 3000 };

/**
 * What an error hook does: it tells whether the engine shall try a failed removal or creation again.
 * @param givenUp is called when the object could not be created for good
 */
export const tryAgain =
  (target: Named, runner: FindRunner, givenUp: () => Promise<void>) =>
  async ({ failedOperation, errors }: Pick<ErrorHookArgs, "failedOperation" | "errors">): Promise<boolean> => {
    if (failedOperation === "delete") return removeAgain(target.name, errors);
    if (failedOperation !== "create") return false;
    if (await createAgain(target, runner, errors)) return true;
    await givenUp();
    return false;
  };

/** Whether the engine shall try a failed removal again; one that fails for good ends the program. @param errors the newest first */
async function removeAgain(what: string, errors: readonly string[]): Promise<boolean> {
  if (errors.length <= TRIES.removals) {
    await sleep(TRIES.pause);
    return true;
  }
  await log.error(`${what} could not be removed for its replacement: ${errors[0] ?? ""}; run up again`);
  endProgram();
  return false;
}

/**
 * Whether the engine shall try a failed creation again: a busy machine now and then fails to start a container that it
 * starts at the second try. What the first one left goes away, since its name is taken. @param errors the newest first
 */
async function createAgain(target: Named, runner: FindRunner, errors: readonly string[]): Promise<boolean> {
  if (errors.length > TRIES.creations) return false;
  await log.warn(`${target.name} could not be created and is tried again: ${errors[0] ?? ""}`);
  await sleep(TRIES.pause);
  try {
    await removeLeftover(await runner(), target);
    return true;
  } catch (error) {
    await log.warn(`${target.name} cannot be tried again: ${(error as Error).message}`);
    return false;
  }
}
