import { log, type Output, ResourceHook, type ResourceTransform, runtime } from "@pulumi/pulumi";
import { attachAll, clearPlace, type Detached, networksOf, type NetworkSettings } from "@vpai/providers";
import { known } from "../known";
import { whileUnderWay } from "./end-program";
import type { FindRunner, Named } from "./leftovers";

/** When this run began, in milliseconds since 1970. */
const STARTED = Date.now() - process.uptime() * 1000;

/**
 * Options of a network that takes one of ours into the state as it is, by the engine's import: containers may use it, so it
 * cannot be made anew. Without a state that knows the host, that is; else nothing is asked of the host.
 * @param isNew whether the state may lack what is there; a preview, which reaches no host, does not ask
 */
export const adoptedNetwork = (
  target: Named,
  settings: NetworkSettings,
  { isNew, runner }: { isNew: () => Promise<boolean>; runner: FindRunner },
): { transforms?: ResourceTransform[] } =>
  runtime.isDryRun()
    ? {}
    : {
        transforms: [
          async ({ props, opts }) => {
            if (!(await isNew())) return undefined;
            const found = await networksOf(await runner(), target.labels);
            const same = found.find(({ name, ...other }) => name === target.name && isSame(other, settings));
            return same && { props, opts: { ...opts, import: same.id } };
          },
        ],
      };

/** Whether the state came to know of something in this run. @param moment ISO 8601; states of older programs have none */
export async function isOfThisRun(moment: Output<string | undefined>): Promise<boolean> {
  const met = await known(moment);
  return met !== undefined && Date.parse(met) >= STARTED;
}

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
