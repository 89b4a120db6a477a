import type { CommandRunner } from "../ssh/transport";
import { Unreadable } from "../unreadable";

/** What `docker inspect` says of a container, as far as we use it. */
export interface Container {
  Id: string;
  /** With a slash before it. */
  Name: string;
  Created: string;
  /** Id of its image. */
  Image: string;
  /** How often Docker has started it again since somebody started it. */
  RestartCount: number;
  State: {
    Status: string;
    StartedAt: string;
    /** Of its main process, as the host sees it; 0 when it does not run. */
    Pid: number;
    ExitCode: number;
    /** Whether the kernel has just ended it for want of memory; false again once it was restarted. */
    OOMKilled?: boolean;
    Health?: {
      Status: "starting" | "healthy" | "unhealthy";
      /** Failures in a row, those of the start period left out. */
      FailingStreak?: number;
      Log?: HealthResult[] | null;
    };
  };
  Config: { Labels: Record<string, string> | null; Healthcheck?: HealthCheck; [other: string]: unknown };
  /** What it has of its host. */
  Mounts?: { Source: string; Destination: string }[];
  /** `Memory` is its limit in bytes; 0 is none. */
  HostConfig: { NetworkMode: string; Memory?: number; Mounts?: Mount[] | null; [other: string]: unknown };
  NetworkSettings: { Networks: Record<string, { IPAddress: string; Aliases: string[] | null }> };
}

/** A health check as Docker keeps it; times are nanoseconds. */
interface HealthCheck {
  Test?: string[];
  Timeout?: number;
  Retries?: number;
}

/** How a health check ended, as the engine keeps it. */
export interface HealthResult {
  /** -1 where it did not come to an end, or to a start. */
  ExitCode: number;
  Output: string;
}

interface Mount {
  Type: string;
  Source: string;
  Target: string;
}

/** The container of that name or id; undefined when there is none. */
export async function inspectContainer(host: CommandRunner, container: string): Promise<Container | undefined> {
  const answer = await host.run(["docker", "container", "inspect", "--", container], { reads: true });
  if (answer.code !== 0) {
    if (/no such container/i.test(answer.stderr)) return undefined;
    throw new Error(`${host.name}: docker inspect of ${container} failed: ${answer.stderr.trim()}`);
  }
  return (JSON.parse(answer.stdout) as Container[])[0];
}

/**
 * An address of a running container, on whichever of its networks; the host reaches them all, internal ones too.
 * @throws Unreadable when there is no such container, or it does not run
 */
export async function addressOf(host: CommandRunner, name: string): Promise<string> {
  const container = await inspectContainer(host, name);
  const address = Object.values(container?.NetworkSettings.Networks ?? {}).find(
    ({ IPAddress }) => IPAddress !== "",
  )?.IPAddress;
  if (address === undefined) {
    throw new Unreadable(
      `${host.name}: expected a running container ${name} with an address, found ${container?.State.Status ?? "none"}`,
    );
  }
  return address;
}

/**
 * Sends a signal to a container's program, by the host's kernel: whom `docker kill` has sent any signal at all, the engine takes for stopped
 * by hand, and neither restarts when it crashes nor starts with the host (engine 26, measured).
 * @param name of the signal without SIG, such as HUP
 * @throws when there is no such container, or it does not run
 */
export async function signalProgram(host: CommandRunner, container: string, name: string): Promise<void> {
  const found = await inspectContainer(host, container);
  if (found?.State.Status !== "running")
    throw new Error(`${host.name}: expected a running container ${container}, found ${found?.State.Status ?? "none"}`);
  await host.output(["sh", "-c", 'kill -s "$1" "$2"', "vpai", name, String(found.State.Pid)]);
}

/** The last lines that a container wrote to stdout and stderr, oldest first. */
export async function lastLogLines(host: CommandRunner, container: string, lines: number): Promise<string> {
  const answer = await host.run(["sh", "-c", 'docker logs --tail "$1" -- "$2" 2>&1', "vpai", String(lines), container]);
  return answer.stdout.trimEnd();
}

/** One word for how a container is: Docker's health where it has a health check, its state otherwise. */
export function conditionOf({ State }: Container): string {
  if (State.Status !== "running") return State.Status;
  return State.Health?.Status ?? "running";
}

/** Ends a container's program within its own stop timeout and removes it, with its anonymous volumes. */
export async function stopAndRemove(
  host: CommandRunner,
  { Id, State }: Pick<Container, "Id" | "State">,
): Promise<void> {
  // Killing at once would cut off what it is serving, or leave a database to recover.
  if (State.Status !== "created" && State.Status !== "exited") await host.output(["docker", "stop", Id]);
  await host.output(["docker", "rm", "--force", "--volumes", Id]);
}
