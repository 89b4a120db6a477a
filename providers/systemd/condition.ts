import type { UnitHealth } from "../../model/checks";
import { probe, type ProbedHost } from "./probe";
import { factsOf } from "./unit";

/**
 * One word for how a unit is: `healthy`, `unhealthy`, and what systemd says of one that does not run, such as `failed`.
 * @param health undefined where it is not known: of a unit that runs then only that is told, by `active`
 */
export async function conditionOfUnit(host: ProbedHost, unit: string, health: UnitHealth | undefined): Promise<string> {
  const { loadState, activeState } = await factsOf(host, unit);
  if (loadState === "not-found") return "missing";
  if (activeState !== "active" || health === undefined) return activeState;
  return (await probe(host, health)) === undefined ? "healthy" : "unhealthy";
}
