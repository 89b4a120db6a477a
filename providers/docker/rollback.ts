import type { CommandRunner } from "../ssh/transport";
import { expectFittingData } from "./data-guard";
import { type Container, inspectContainer, lastLogLines, stopAndRemove } from "./container";
import { createContainer, type EngineHost } from "./engine/api";
import { pullAgain } from "./image-content";
import type { RegistryLogin } from "./pull";
import { lastHealthyVersion, type Place, PREVIOUS_LABEL, type Version } from "./last-healthy";
import { becomesHealthy } from "./watch";

/** Log lines shown of a container that did not become healthy (docs/requirements.md#ansible-error-handling). */
export const LOG_LINES = 30;

/** Looks at a previous version that starts again, at most 10 s apart: as many as a new one gets. */
const PREVIOUS_PATIENCE = { tries: 20, interval: 10, settle: 0 };

/** What lets a container's program run again, by its state. */
const WAKING: Record<string, string> = { created: "start", exited: "start", paused: "unpause" };

/** A place that a version is brought back to. */
export interface Restoration extends Place {
  /** How to log in at registries, should its image have to be pulled again. */
  logins?: readonly RegistryLogin[];
}

/** The name under which a failed version waits, stopped, for the next `up` and for whoever wants to look into it. */
const failedName = (container: string): string => `${container}.failed`;

/**
 * Puts a failed version aside and lets the previous one serve again, under the same name.
 * @returns what serves now, in words for a message
 */
export async function restorePrevious(
  host: EngineHost,
  place: Restoration,
  failed: Container,
  previous: Version,
): Promise<string> {
  try {
    await expectFittingData(host, place, previous.description.Image);
  } catch (error) {
    return `The previous version (image ${previous.image}) was NOT started: ${(error as Error).message}.`;
  }
  await putAside(host, place.container, failed);
  const serving = await startPrevious(host, place, previous).then(
    (id) => becomesHealthy(host, id, PREVIOUS_PATIENCE),
    (error: Error) => error.message,
  );
  const kept = `The failed one is kept, stopped, as ${failedName(place.container)}.`;
  if (serving === undefined) return `The previous version (image ${previous.image}) serves again. ${kept}`;
  return (
    `The previous version (image ${previous.image}) was started again and does NOT serve either: expected "healthy", found ` +
    `${serving}. ${kept}`
  );
}

/**
 * Lets the previous version serve again where the engine could not create or start the new container.
 * @returns what serves now, in words; undefined when there is no previous version
 */
export async function restoreAfterFailedCreation(host: EngineHost, place: Restoration): Promise<string | undefined> {
  const [failed, previous] = await Promise.all([
    inspectContainer(host, place.container),
    lastHealthyVersion(host, place),
  ]);
  if (previous === undefined) return undefined;
  if (failed === undefined) {
    await expectFittingData(host, place, previous.description.Image);
    await startPrevious(host, place, previous);
    return `The previous version (image ${previous.image}) was started again.`;
  }
  const log = await lastLogLines(host, failed.Id, LOG_LINES);
  const said = log === "" ? "" : ` Its last ${LOG_LINES} log lines:\n${log}`;
  return `${await restorePrevious(host, place, failed, previous)}${said}`;
}

/**
 * Gives a container that was put aside its name back; the version that served meanwhile goes. One that does not run, or
 * was paused, is started.
 * @returns why it does not start; undefined when it runs
 * @throws when there is no such container
 */
export async function putInPlace(
  host: CommandRunner,
  { container, lastHealthy }: Place,
  id: string,
): Promise<string | undefined> {
  const found = await inspectContainer(host, id);
  if (found === undefined)
    throw new Error(
      `${host.name} has no container ${id}, which was ${container}: run \`refresh\`, so that the next \`up\` creates it anew`,
    );
  if (found.Name !== `/${container}`) {
    await expectFittingData(host, { lastHealthy }, found.Image);
    await removePrevious(host, container);
    await host.output(["docker", "rename", id, container]);
  }
  const verb = WAKING[found.State.Status];
  if (verb === undefined) return undefined;
  const { code, stderr } = await host.run(["docker", verb, id]);
  return code === 0 ? undefined : `that it does not start: ${stderr.trim()}`;
}

/** The name under which a version waits, made and not started, until it takes the place of the one in use. */
const waitingName = (container: string): string => `${container}.rollback`;

/**
 * Makes the container of an earlier version, beside the one in use; its image is pulled where the host has it no more.
 * @throws where that cannot be had, or the engine refuses; then nothing is left of it
 */
export async function prepareVersion(host: EngineHost, place: Restoration, version: Version): Promise<void> {
  const container = waitingName(place.container);
  const left = await inspectContainer(host, container);
  if (left !== undefined) await stopAndRemove(host, left);
  // What it reads its configuration from is there once it takes its place; the engine wants the folder before.
  await host.output(["mkdir", "-p", "--", `${place.lastHealthy}/configs`]);
  await createAnew(host, { ...place, container }, version);
}

/** Takes away a previous version that serves: the state does not know it. */
export async function removePrevious(host: CommandRunner, container: string): Promise<void> {
  const found = await inspectContainer(host, container);
  if (found?.Config.Labels?.[PREVIOUS_LABEL] !== undefined) await stopAndRemove(host, found);
}

/** Takes away a failed version that was put aside. The state knows it only where the engine could start it. */
export async function removeFailed(host: CommandRunner, container: string): Promise<void> {
  const found = await inspectContainer(host, failedName(container));
  if (found !== undefined) await stopAndRemove(host, found);
}

async function putAside(host: CommandRunner, container: string, failed: Container): Promise<void> {
  await removeFailed(host, container);
  // Stopping it is what keeps Docker from starting it again, also where it is just not running.
  await host.output(["docker", "stop", failed.Id]);
  await host.output(["docker", "rename", failed.Id, failedName(container)]);
}

async function startPrevious(host: EngineHost, place: Restoration, version: Version): Promise<string> {
  const id = await createAnew(host, place, version);
  await host.output(["docker", "start", id]);
  return id;
}

/** A host that is short of space, or cleans up, removes images that no container is of: it is pulled again. */
async function createAnew(
  host: EngineHost,
  { container: name, logins }: Restoration,
  version: Version,
): Promise<string> {
  const { description, image: reference, content } = version;
  try {
    return await createContainer(host, name, description);
  } catch (error) {
    const { message } = error as Error;
    if (!/no such image/i.test(message)) throw error;
    await pullAgain(host, { id: description.Image, reference, content, logins }).catch(({ message: why }: Error) => {
      throw new Error(`${message}, and it cannot be pulled again: ${why.replace(/\.$/, "")}`, { cause: error });
    });
    return createContainer(host, name, description);
  }
}
