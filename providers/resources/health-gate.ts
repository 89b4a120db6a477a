import { type OnChange, takeOnChangedFiles } from "../docker/changed-files";
import { conditionOf, inspectContainer, lastLogLines } from "../docker/container";
import { descriptionOf, forgetVersion, keepVersion, lastHealthyVersion, type Version } from "../docker/last-healthy";
import { LOG_LINES, putInPlace, removeFailed, removePrevious, restorePrevious } from "../docker/rollback";
import { becomesHealthy } from "../docker/watch";
import type { Kind } from "../implementation";
import { resourceOf } from "../resource";
import type { Connection } from "../ssh/connection";
import { type Transport, transportTo } from "../ssh/transport";

/**
 * Lets a container's program take on changed files, and waits until it is healthy. One that replaced a healthy one and is
 * not makes way for it again.
 */
export interface HealthGateInputs extends OnChange {
  connection: Connection;
  /** The container's name. */
  container: string;
  /** The container's id: another one is waited for anew. */
  containerId: string;
  /** Reference of its image, for messages. */
  image: string;
  /** Names the content of the files that the program reads: with other files it has to become healthy anew. */
  revision: string;
  /** Folder of the service's configuration files on the host; it need not exist. */
  configs: string;
  /** Folder on the host that keeps the last healthy version. */
  lastHealthy: string;
  /** Looks before giving up. Default in the resource: 20, as in docs/requirements.md#ansible-error-handling. */
  tries: number;
  /** Seconds between two looks. Default in the resource: 10, with quicker looks at first. */
  interval: number;
  /** Seconds that a version which takes another one's place has to stay healthy. Default in the resource: 15. */
  settle: number;
  /** The condition that opens the gate. */
  condition: "healthy";
}

export const healthGateKind: Kind<HealthGateInputs, Omit<HealthGateInputs, "condition"> & { condition: string }> = {
  version: 2,
  identity: ["container"],
  added: ["restart", "reload", "given"],
  async ensure(inputs) {
    const host = transportTo(inputs.connection);
    const healthy = await lastHealthyVersion(host, inputs);
    const previous = healthy !== undefined && isAnother(healthy, inputs) ? healthy : undefined;
    const refused = await start(host, inputs);
    const found = refused ?? (await watch(host, inputs, previous === undefined ? 0 : inputs.settle));
    if (found !== undefined) throw await failure(host, inputs, found, previous);
    await keep(host, inputs);
    return inputs;
  },
  async observe(state) {
    const container = await inspectContainer(transportTo(state.connection), state.container);
    if (container === undefined) return undefined;
    return { ...state, containerId: container.Id, condition: conditionOf(container) };
  },
  async remove(state) {
    const host = transportTo(state.connection);
    await removePrevious(host, state.container);
    await removeFailed(host, state.container);
    await forgetVersion(host, state);
  },
};

/** Whether what is in place now differs from the version that was healthy last. */
const isAnother = (version: Version, { containerId, revision }: HealthGateInputs): boolean =>
  version.containerId !== containerId || version.revision !== revision;

/** The container under its name, running with the files that are there. @returns what is wrong with that, in words */
const start = async (host: Transport, inputs: HealthGateInputs): Promise<string | undefined> =>
  (await putInPlace(host, inputs.container, inputs.containerId)) ??
  (await takeOnChangedFiles(host, inputs.containerId, inputs));

/** @returns what was found instead of a healthy container, in words */
const watch = (
  host: Transport,
  { containerId, tries, interval }: HealthGateInputs,
  settle: number,
): Promise<string | undefined> => becomesHealthy(host, containerId, { tries, interval, settle });

/** Nothing but the healthy version is left, and it is the one to come back to. */
async function keep(host: Transport, inputs: HealthGateInputs): Promise<void> {
  const { containerId, revision, image } = inputs;
  const container = await inspectContainer(host, containerId);
  if (container === undefined) return;
  await removeFailed(host, inputs.container);
  await keepVersion(host, inputs, {
    containerId,
    revision,
    image,
    description: descriptionOf(container, image, inputs),
  });
}

async function failure(
  host: Transport,
  inputs: HealthGateInputs,
  found: string,
  previous: Version | undefined,
): Promise<Error> {
  const { container, containerId, connection, image } = inputs;
  const log = await lastLogLines(host, containerId, LOG_LINES);
  const failed = await inspectContainer(host, containerId);
  const outcome =
    previous === undefined || failed === undefined
      ? "Mend it and run `up` again."
      : `${await restorePrevious(host, inputs, failed, previous)} Mend the new one and run \`up\` again, which tries it anew.`;
  return new Error(
    `${container} on ${connection.host} (image ${image}) is not healthy: expected "${inputs.condition}", found ${found}. ` +
      `${outcome} Its last ${LOG_LINES} log lines:\n${log}`,
  );
}

/** Opens when a container is healthy; otherwise fails with its last 30 log lines, and lets the version before serve. */
export class HealthGate extends resourceOf(healthGateKind, {
  type: "vpai/docker:HealthGate",
  name: "healthGate",
  defaults: { tries: 20, interval: 10, settle: 15, condition: "healthy" },
  outputs: {},
}) {}
