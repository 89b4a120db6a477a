import type { Transport } from "../ssh/transport";

/** What `docker inspect` says of a container, as far as we use it. */
export interface Container {
  Id: string;
  Created: string;
  State: { Status: string; ExitCode: number; Health?: { Status: "starting" | "healthy" | "unhealthy" } };
  Config: { Labels: Record<string, string> | null };
  NetworkSettings: { Networks: Record<string, { IPAddress: string }> };
}

/** The container of that name or id; undefined when there is none. */
export async function inspectContainer(host: Transport, container: string): Promise<Container | undefined> {
  const answer = await host.run(["docker", "container", "inspect", "--", container]);
  if (answer.code !== 0) {
    if (/no such container/i.test(answer.stderr)) return undefined;
    throw new Error(`${host.name}: docker inspect of ${container} failed: ${answer.stderr.trim()}`);
  }
  return (JSON.parse(answer.stdout) as Container[])[0];
}

/**
 * An address of a running container, on whichever of its networks; the host reaches them all, internal ones too.
 * @throws when there is no such container, or it does not run
 */
export async function addressOf(host: Transport, name: string): Promise<string> {
  const container = await inspectContainer(host, name);
  const address = Object.values(container?.NetworkSettings.Networks ?? {}).find(
    ({ IPAddress }) => IPAddress !== "",
  )?.IPAddress;
  if (address === undefined) {
    throw new Error(
      `${host.name}: expected a running container ${name} with an address, found ${container?.State.Status ?? "none"}`,
    );
  }
  return address;
}

/** The last lines that a container wrote to stdout and stderr, oldest first. */
export async function lastLogLines(host: Transport, container: string, lines: number): Promise<string> {
  const answer = await host.run(["sh", "-c", 'docker logs --tail "$1" -- "$2" 2>&1', "vpai", String(lines), container]);
  return answer.stdout.trimEnd();
}

/** One word for how a container is: Docker's health where it has a health check, its state otherwise. */
export function conditionOf({ State }: Container): string {
  if (State.Status !== "running") return State.Status;
  return State.Health?.Status ?? "running";
}
