import { setTimeout as sleep } from "node:timers/promises";
import type { UnitHealth } from "../../model/checks";
import { probe, type ProbedHost } from "./probe";
import { factsOf, type UnitFacts } from "./unit";

/** How patiently a unit is watched until it is taken for healthy. */
export interface Patience {
  /** Looks before giving up. */
  tries: number;
  /** Seconds between two looks; the first ones come quicker. */
  interval: number;
  /** Seconds that it has to stay healthy before it counts. */
  settle: number;
}

/** Restarts after which a program is in a crash loop; where another version waits to serve, fewer. */
const CRASHES = { patient: 5, urgent: 2 };

/** Seconds between two looks at a unit that has to stay healthy. */
const SETTLE_INTERVAL = 2;

/** Failed probes in a row that make a unit unhealthy, as Docker's default. */
const RETRIES = 3;

/** Exit statuses with which systemd says that it could not even start the program: of its steps, from 200 on (systemd.exec(5)). */
const FIRST_STEP = 200;
const STEPS: Readonly<Record<number, string>> = {
  203: "its program cannot be run",
  209: "it has no place for its output",
  217: "its user is not there",
  226: "its files or folders cannot be put in place",
  228: "its system calls cannot be limited",
};

/**
 * Watches a unit until it is healthy, and for a while longer when asked to.
 * @returns undefined when it is; otherwise what was found instead, in words
 */
export async function becomesHealthy(
  host: ProbedHost,
  unit: string,
  health: UnitHealth,
  { tries, interval, settle }: Patience,
): Promise<string | undefined> {
  let found = "nothing";
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    const facts = await factsOf(host, unit);
    const fault = facts.activeState === "active" ? await probe(host, health) : undefined;
    if (facts.activeState === "active" && fault === undefined)
      return staysHealthy(host, unit, { health, settle, facts });
    const verdict = verdictOn(facts, settle > 0);
    if (verdict !== undefined) return verdict;
    found = fault ?? facts.activeState;
    if (attempt < tries) await sleep(1000 * Math.min(attempt, interval));
  }
  return `"${found}" after ${tries} looks, ${interval} s apart`;
}

/** What cannot become healthy any more. */
function verdictOn({ loadState, restarts, result, status }: UnitFacts, urgent: boolean): string | undefined {
  if (loadState !== "loaded") return `a unit file that systemd does not load: ${loadState}`;
  if (result === "oom-kill") return "that its program reached its memory limit and was ended by the kernel";
  if (result === "exit-code" && status >= FIRST_STEP && STEPS[status] !== undefined)
    return `that it does not start: ${STEPS[status]} (status ${status})`;
  if (restarts < (urgent ? CRASHES.urgent : CRASHES.patient)) return undefined;
  const how = result === "exit-code" ? `, with exit code ${status}` : "";
  return `a crash loop: its program ended ${restarts} times${how}`;
}

async function staysHealthy(
  host: ProbedHost,
  unit: string,
  { health, settle, facts }: { health: UnitHealth; settle: number; facts: UnitFacts },
): Promise<string | undefined> {
  let failures = 0;
  for (let passed = 0; passed < settle || failures > 0; passed += SETTLE_INTERVAL) {
    await sleep(1000 * SETTLE_INTERVAL);
    const { invocation } = await factsOf(host, unit);
    if (invocation !== facts.invocation)
      return `that it was healthy, and that its program ended within ${passed + SETTLE_INTERVAL} s of that`;
    const fault = await probe(host, health);
    failures = fault === undefined ? 0 : failures + 1;
    if (failures >= RETRIES) return `that it was healthy, and then ${failures} times in a row was not: ${fault ?? ""}`;
  }
  return undefined;
}
