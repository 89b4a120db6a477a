import { log, ResourceHook, type ResourceTransform, runtime } from "@pulumi/pulumi";
import { attachAll, clearPlace, type Detached, type FoundNetwork, type NetworkSettings } from "@vpai/providers";
import { whileUnderWay } from "./end-program";
import type { FindRunner, Named } from "./leftovers";

/**
 * Options of a network that takes one of ours into the state as it is, by the engine's import: containers may use it, so it
 * cannot be made anew. The engine ignores the import of what the state knows under that id; whether it does nobody can tell
 * here, since a state can lack a network and know its host. A preview, which reaches no host, does not ask.
 * @param seen the networks with the target's labels that the host has
 */
export const adoptedNetwork = (
  target: Named,
  settings: NetworkSettings,
  seen: () => Promise<readonly FoundNetwork[]>,
): { transforms?: ResourceTransform[] } =>
  runtime.isDryRun()
    ? {}
    : {
        transforms: [
          async ({ props, opts }) => {
            const same = (await seen()).find(({ name, ...other }) => name === target.name && isSame(other, settings));
            return same && { props, opts: { ...opts, import: same.id } };
          },
        ],
      };

/**
 * Hooks that have a network take over the containers of somebody else's that stands in its place, so that they serve on until
 * their own replacements come.
 * @param resource name of the resource, for the hooks' own names
 */
export function takenOverUsers(resource: string, target: Named, subnet: string, runner: FindRunner) {
  const { name, labels } = target;
  let detached: Detached[] = [];
  const before = new ResourceHook(`clear ${resource}`, () =>
    whileUnderWay(async () => {
      detached = await clearPlace(await runner(), { name, subnet, labels });
    }),
  );
  const after = new ResourceHook(`take over users of ${resource}`, () =>
    whileUnderWay(async () => {
      const { attached, without } = await attachAll(await runner(), name, detached);
      if (attached.length > 0) await log.info(`network ${name}: took over ${attached.length} containers`);
      if (without.length > 0)
        await log.warn(`network ${name}: ${without.length} containers are without it until they are replaced`);
    }),
  );
  return { before: [before], after: [after] };
}

const isSame = (found: NetworkSettings, wanted: NetworkSettings): boolean =>
  found.internal === wanted.internal && found.subnet === wanted.subnet && found.gateway === wanted.gateway;
