import type { UnitHealth } from "../../model/checks";
import {
  becomesHealthy,
  GATE_PATIENCE,
  inspectContainer,
  lastLogLines,
  RetryingHost,
  restartUnit,
  type Transport,
  unitLogLines,
} from "@vpai/providers";

/** What came of a restart. */
export interface Restarted {
  /** Seconds from the moment the program was told to end until its health check passed, or nobody waited any more. */
  seconds: number;
  /** What was found instead of a healthy service, in words, with its last log lines; undefined when all is well. */
  found: string | undefined;
}

/** Log lines that a service which stays unhealthy is shown with: as its health gate does. */
const LINES = 30;

/** Restarts a service, and waits for it as its health gate does. @throws when it is not there */
export async function restartService(
  host: Transport,
  service: { container: string } | { unit: string; health: UnitHealth | undefined },
): Promise<Restarted> {
  const began = Date.now();
  const found = "container" in service ? await container(host, service.container) : await unit(host, service);
  return { seconds: (Date.now() - began) / 1000, found };
}

async function container(transport: Transport, name: string): Promise<string | undefined> {
  const host = new RetryingHost(transport);
  const before = await inspectContainer(host, name);
  if (before === undefined) throw new Error(`${host.name}: expected a container ${name}, found none; run \`make up\``);
  await host.output(["docker", "restart", before.Id]);
  const found = await becomesHealthy(host, before.Id, { ...GATE_PATIENCE, settle: 0 });
  return found && `${found}. Its last ${LINES} log lines:\n${await lastLogLines(host, before.Id, LINES)}`;
}

async function unit(
  host: Transport,
  { unit: name, health }: { unit: string; health: UnitHealth | undefined },
): Promise<string | undefined> {
  if (health === undefined)
    throw new Error(`${name}: expected its health check in the stack's outputs, found none; run \`make up\``);
  const found = await restartUnit(host, name, { health, ...GATE_PATIENCE, settle: 0 });
  return found && `${found}. Its last ${LINES} log lines:\n${await unitLogLines(host, name, LINES)}`;
}
