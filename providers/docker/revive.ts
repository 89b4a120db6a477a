import type { CommandRunner } from "../ssh/transport";
import { conditionOf, inspectContainer } from "./container";

/** What speaks for a restart of a container that nothing was changed about. */
interface Reasons {
  /** Networks that it was attached to anew: its program may hold on to what is gone. */
  attached: readonly string[];
  /** Whether it was healthy as it is now: then a restart may make it so again. */
  unchanged: boolean;
}

/**
 * Restarts a container, once, that is unhealthy though nothing about it changed, or that had lost a network.
 * @param name of the container, for messages
 * @returns why it was restarted, in words; undefined when it was not
 */
export async function revive(
  host: CommandRunner,
  { container: name, containerId: id }: { container: string; containerId: string },
  { attached, unchanged }: Reasons,
): Promise<string | undefined> {
  const why = attached.length > 0 ? lost(attached) : unchanged ? await unhealthy(host, id) : undefined;
  if (why === undefined) return undefined;
  // What a provider's process prints is shown by the engine, below the run's other messages.
  console.log(`${name} on ${host.name} ${why}: it is restarted once`);
  await host.output(["docker", "restart", id]);
  return why;
}

const lost = (networks: readonly string[]): string =>
  `was no longer attached to ${networks.join(" and ")} as it has to be, and is again`;

async function unhealthy(host: CommandRunner, id: string): Promise<string | undefined> {
  const found = await inspectContainer(host, id);
  return found !== undefined && conditionOf(found) === "unhealthy"
    ? "is unhealthy, though nothing about it changed"
    : undefined;
}
