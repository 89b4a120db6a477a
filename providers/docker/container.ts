import { z } from "zod";
import { parseJson } from "../../model/foreign-json";
import type { CommandRunner } from "../ssh/transport";
import { Unreadable } from "../unreadable";

/** How a health check ended, as the engine keeps it. */
const resultSchema = z.object({
  /** -1 where it did not come to an end, or to a start. */
  ExitCode: z.number(),
  Output: z.string(),
});

export type HealthResult = z.infer<typeof resultSchema>;

/** How a container is, as the engine tells it. */
const stateSchema = z.object({
  Status: z.string(),
  StartedAt: z.string(),
  /** Of its main process, as the host sees it; 0 when it does not run. */
  Pid: z.number(),
  ExitCode: z.number(),
  /** Whether the kernel has just ended it for want of memory; false again once it was restarted. */
  OOMKilled: z.boolean().exactOptional(),
  Health: z
    .object({
      /** `starting`, `healthy`, `unhealthy`. */
      Status: z.string(),
      /** Failures in a row, those of the start period left out. */
      FailingStreak: z.number().exactOptional(),
      Log: z.array(resultSchema).nullish(),
    })
    .nullish(),
});

export const labelsSchema = z.record(z.string(), z.string()).nullable();

/** A health check as Docker keeps it; times are nanoseconds. */
const healthCheckSchema = z.object({
  Test: z.array(z.string()).exactOptional(),
  Timeout: z.number().exactOptional(),
  Retries: z.number().exactOptional(),
});

const containerSchema = z.object({
  Id: z.string(),
  /** With a slash before it. */
  Name: z.string(),
  Created: z.string(),
  /** Id of its image. */
  Image: z.string(),
  /** How often Docker has started it again since somebody started it. */
  RestartCount: z.number(),
  State: stateSchema,
  Config: z.looseObject({ Labels: labelsSchema, Healthcheck: healthCheckSchema.exactOptional() }),
  /** What it has of its host. */
  Mounts: z.array(z.object({ Source: z.string(), Destination: z.string() })).exactOptional(),
  /** `Memory` is its limit in bytes; 0 is none. */
  HostConfig: z.looseObject({
    NetworkMode: z.string(),
    Memory: z.number().exactOptional(),
    Mounts: z
      // What is in memory has no source.
      .array(z.looseObject({ Source: z.string().exactOptional() }))
      .nullish(),
  }),
  NetworkSettings: z.object({
    Networks: z
      .record(z.string(), z.object({ IPAddress: z.string(), Aliases: z.array(z.string()).nullable() }))
      .nullable(),
  }),
});

/** What `docker inspect` says of a container, as far as we use it. */
export type Container = z.infer<typeof containerSchema>;

/** The container of that name or id; undefined when there is none. */
export async function inspectContainer(host: CommandRunner, container: string): Promise<Container | undefined> {
  const answer = await host.run(["docker", "container", "inspect", "--", container], { reads: true });
  if (answer.code !== 0) {
    if (/no such container/i.test(answer.stderr)) return undefined;
    throw new Error(`${host.name}: docker inspect of ${container} failed: ${answer.stderr.trim()}`);
  }
  const what = `the description of ${container} by the engine on ${host.name}`;
  return parseJson(z.array(containerSchema), answer.stdout, what)[0];
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
  { Id, State }: { Id: string; State: Pick<Container["State"], "Status"> },
): Promise<void> {
  // Killing at once would cut off what it is serving, or leave a database to recover.
  if (State.Status !== "created" && State.Status !== "exited") await host.output(["docker", "stop", Id]);
  await host.output(["docker", "rm", "--force", "--volumes", Id]);
}
