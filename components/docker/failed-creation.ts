import { setTimeout as sleep } from "node:timers/promises";
import { ErrorHook, log } from "@pulumi/pulumi";
import { type Place, restoreAfterFailedCreation, type Transport } from "@vpai/providers";

/** How often a removal is tried again, and after how many milliseconds: a lost connection is back by then. */
const REMOVALS = { retries: 5, pause: 3000 };

/**
 * A hook that runs when a container could not be created or started: the version before, already gone by then, serves
 * again. Where one could not be removed, that is tried again.
 * @param resource name of the resource, for the hook's own name
 */
export const restoreAfterError = (resource: string, place: Place, host: () => Promise<Transport>): ErrorHook =>
  new ErrorHook(`restore ${resource}`, async ({ failedOperation, errors }) => {
    if (failedOperation === "delete") return removeAgain(place.container, errors);
    if (failedOperation !== "create") return false;
    const outcome = await restoreAfterFailedCreation(await host(), place).catch(
      (error: Error) => `The previous version could not be started again: ${error.message}`,
    );
    if (outcome !== undefined) await log.warn(`${place.container}: ${outcome}`);
    // The same creation would fail again.
    return false;
  });

/**
 * Whether the engine shall try a failed removal again. @param errors all of them, the newest first
 *
 * One that fails for good before a replacement ends the program: the engine (3.250), told to go on after errors,
 * never answers the registration of the container that should have followed, and would wait for this program for ever.
 */
export async function removeAgain(container: string, errors: readonly string[]): Promise<boolean> {
  if (errors.length <= REMOVALS.retries) {
    await sleep(REMOVALS.pause);
    return true;
  }
  await log.error(`${container} could not be removed for its replacement: ${errors[0] ?? ""}; run up again`);
  setTimeout(() => process.exit(1), 1000);
  return false;
}
