import { setTimeout as sleep } from "node:timers/promises";
import { conditionOf, conditionOfUnit, inspectContainer, PatientHost } from "@vpai/providers";
import type { DeployedHost, DeployedService } from "../hosts";

/** How a service is, in one word, and whether that is how it has to be. */
interface Condition {
  name: string;
  found: string;
  good: boolean;
}

/**
 * Waits until all services of a host are well again, those that run on demand left aside.
 * @param seconds how long they may take together
 * @returns those that are not then, with what was found
 */
export async function unwell(
  host: ConstructorParameters<typeof PatientHost>[0],
  { services }: Pick<DeployedHost, "services">,
  seconds: number,
): Promise<string[]> {
  const asked = Object.entries(services).filter(([, { onDemand }]) => onDemand === undefined);
  const patient = new PatientHost(host);
  for (const deadline = Date.now() + seconds * 1000; ;) {
    const found = await Promise.all(asked.map(([name, service]) => conditionNow(patient, name, service)));
    const bad = found.filter(({ good }) => !good);
    if (bad.length === 0 || Date.now() > deadline) return bad.map((one) => `${one.name} (${one.found})`);
    await sleep(2000);
  }
}

async function conditionNow(host: PatientHost, name: string, { container, unit }: DeployedService): Promise<Condition> {
  if (unit !== undefined) {
    const found = await conditionOfUnit(host, unit);
    return { name, found, good: found === "active" };
  }
  const inspected = await inspectContainer(host, container ?? "");
  const found = inspected === undefined ? "missing" : conditionOf(inspected);
  return { name, found, good: found === "healthy" };
}
