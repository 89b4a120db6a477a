import { all, log, output } from "@pulumi/pulumi";
import { type Place, restoreAfterFailedCreation, type Transport } from "@vpai/providers";
import { known } from "../known";
import type { Login } from "../machines/registry-logins";

/**
 * For a container that could not be created or started: the version before, already gone by then, serves again.
 * @param logins for its image, which may have to be pulled again
 */
export async function serveVersionBefore(
  place: Place,
  logins: readonly Login[],
  host: () => Promise<Transport>,
): Promise<void> {
  const plain = await known(all(logins.map((login) => output(login))));
  const outcome = await restoreAfterFailedCreation(await host(), { ...place, logins: plain }).catch(
    (error: Error) => `The previous version could not be started again: ${error.message}`,
  );
  if (outcome !== undefined) await log.warn(`${place.container}: ${outcome}`);
}
