import { ErrorHook, log } from "@pulumi/pulumi";
import { type Place, restoreAfterFailedCreation, type Transport } from "@vpai/providers";
import { removeAgain } from "./failed-removal";

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
