import { setTimeout as sleep } from "node:timers/promises";
import { ErrorHook, log } from "@pulumi/pulumi";

/** How often a removal is tried again, and after how many milliseconds: a lost connection is back by then. */
const REMOVALS = { retries: 5, pause: 3000 };

/** A hook for what the engine removes before it makes its replacement. @param resource name of the resource */
export const removeAgainAfterError = (resource: string): ErrorHook =>
  new ErrorHook(`remove ${resource} again`, async ({ failedOperation, errors }) =>
    failedOperation === "delete" ? removeAgain(resource, errors) : false,
  );

/**
 * Whether the engine shall try a failed removal again. @param errors all of them, the newest first
 *
 * One that fails for good before a replacement ends the program: the engine (3.250), told to go on after errors,
 * never answers the registration of the resource that should have followed, and would wait for this program for ever.
 */
export async function removeAgain(what: string, errors: readonly string[]): Promise<boolean> {
  if (errors.length <= REMOVALS.retries) {
    await sleep(REMOVALS.pause);
    return true;
  }
  await log.error(`${what} could not be removed for its replacement: ${errors[0] ?? ""}; run up again`);
  setTimeout(() => process.exit(1), 1000);
  return false;
}
