import { doneIn, nameOf } from "../summary/events";

/** How many resources of each host a run of the engine was about, by the host's name. */
export type CountByHost = Readonly<Record<string, number>>;

/**
 * How many resources of each host a refresh found otherwise than the state had them: of a host that it looked at 0, where none.
 * @param log of the engine
 */
export const driftIn = (log: string): CountByHost => counted(log, ({ op }) => op === "update" || op === "delete");

/** The same after an `up` that succeeded: it put right what it knew of. */
export const mendedIn = (log: string): CountByHost => counted(log, () => false);

function counted(log: string, counts: (step: { op: string }) => boolean): CountByHost {
  const found: Record<string, number> = {};
  for (const step of doneIn(log)) {
    const [host, ...resource] = nameOf(step.urn).split("/");
    if (host === undefined || resource.length === 0) continue;
    found[host] = (found[host] ?? 0) + (counts(step) ? 1 : 0);
  }
  return found;
}
