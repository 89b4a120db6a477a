import { conditionOf, conditionOfUnit, inspectContainer, RetryingHost, type ProbedHost } from "@vpai/providers";
import { lookUntil } from "../../model/look-until";
import type { DeployedHost, DeployedService } from "../stack/hosts";

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
  host: ConstructorParameters<typeof RetryingHost>[0] & ProbedHost,
  { services }: Pick<DeployedHost, "services">,
  seconds: number,
): Promise<string[]> {
  const asked = Object.entries(services).filter(([, { onDemand }]) => onDemand === undefined);
  const retrying = new RetryingHost(host);
  const bad = await lookUntil(
    async () => {
      const found = await Promise.all(asked.map(([name, service]) => conditionNow(name, service, { host, retrying })));
      return found.filter(({ good }) => !good);
    },
    (found) => found.length === 0,
    { pause: 2000, seconds },
  );
  return bad.map(({ name, found }) => `${name} (${found})`);
}

async function conditionNow(
  name: string,
  { container, unit, health }: DeployedService,
  { host, retrying }: { host: ProbedHost; retrying: RetryingHost },
): Promise<Condition> {
  if (unit !== undefined) {
    const found = await conditionOfUnit(host, unit, health);
    return { name, found, good: found === (health === undefined ? "active" : "healthy") };
  }
  const inspected = await inspectContainer(retrying, container ?? "");
  const found = inspected === undefined ? "missing" : conditionOf(inspected);
  return { name, found, good: found === "healthy" };
}
