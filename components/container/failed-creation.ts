import { log } from "@pulumi/pulumi";
import { type Place, restoreAfterFailedCreation, type Transport } from "@vpai/providers";

/** For a container that could not be created or started: the version before, already gone by then, serves again. */
export async function serveVersionBefore(place: Place, host: () => Promise<Transport>): Promise<void> {
  const outcome = await restoreAfterFailedCreation(await host(), place).catch(
    (error: Error) => `The previous version could not be started again: ${error.message}`,
  );
  if (outcome !== undefined) await log.warn(`${place.container}: ${outcome}`);
}
