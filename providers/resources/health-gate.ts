import { attach, type Attachments, attachmentsOf } from "../docker/networks/attachments";
import { type OnChange, takeOnChangedFiles } from "../docker/changed-files";
import { conditionOf, type Container, inspectContainer } from "../docker/container";
import type { EngineHost } from "../docker/engine/api";
import { failure } from "../docker/failure";
import { contentOf } from "../docker/image-content";
import { descriptionOf, forgetVersion, keepVersion, lastHealthyVersion, type Version } from "../docker/last-healthy";
import { RetryingHost } from "../docker/retrying-host";
import type { RegistryLogin } from "../docker/pull";
import { revive } from "../docker/revive";
import { putInPlace, removeFailed, removePrevious } from "../docker/rollback";
import { becomesHealthy } from "../docker/watch";
import type { Kind } from "../implementation";
import { resourceOf } from "../resource";
import type { Connection } from "../ssh/connection";
import { transportTo } from "../ssh/transport";

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
  /** Networks that the container belongs to, and its names on each. Absent in older states: then they are not looked at. */
  networks?: Attachments;
  /**
   * What a run found wrong with the container though nothing about it changed, and when: reason enough to put it right. The
   * state keeps it, so that a refresh sees no difference.
   */
  found?: string;
  /** Folder of the service's configuration files on the host; it need not exist. */
  configs: string;
  /** How to log in at registries, should the image of the version before have to be pulled again. Default: as a stranger. */
  logins?: RegistryLogin[];
  /** Folder on the host that keeps the last healthy version. */
  lastHealthy: string;
  /** Looks before giving up. */
  tries: number;
  /** Seconds between two looks, with quicker looks at first. */
  interval: number;
  /** Seconds that a version which takes another one's place has to stay healthy. */
  settle: number;
  /** The condition that opens the gate. */
  condition: "healthy";
}

/** What a container is watched with unless a gate says otherwise (docs/requirements.md#ansible-error-handling). */
export const GATE_PATIENCE = { tries: 20, interval: 10, settle: 15 } as const;

/** The same as it was seen. */
type HealthGateState = Omit<HealthGateInputs, "condition"> & { condition: string };

export const healthGateKind: Kind<HealthGateInputs, HealthGateState> = {
  version: 2,
  identity: ["container"],
  added: ["restart", "reload", "given", "networks"],
  transient: ["logins"],
  async ensure(inputs, before) {
    const host = new RetryingHost(transportTo(inputs.connection));
    const healthy = await lastHealthyVersion(host, inputs);
    const previous = healthy !== undefined && isAnother(healthy, inputs) ? healthy : undefined;
    const unchanged = healthy !== undefined && previous === undefined;
    const { refused, revived } = await start(host, inputs, { unchanged, given: before?.given });
    const found = refused ?? (await watch(host, inputs, previous === undefined ? 0 : inputs.settle));
    if (found !== undefined) throw await failure(host, inputs, { found, revived, previous });
    await keep(host, inputs);
    return inputs;
  },
  async observe(state) {
    const container = await inspectContainer(transportTo(state.connection), state.container);
    if (container === undefined) return undefined;
    const networks = state.networks === undefined ? {} : { networks: attachmentsOf(container) };
    return { ...state, ...networks, containerId: container.Id, condition: conditionOf(container) };
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

/**
 * The container under its name and on its networks, running with the files that are there.
 * @param known whether nothing about it has changed, and what its files had to hold when that was seen last
 * @returns what is wrong with that, or why it was restarted; neither in most cases
 */
async function start(
  host: EngineHost,
  inputs: HealthGateInputs,
  { unchanged, given }: { unchanged: boolean; given: string | undefined },
): Promise<{ refused?: string | undefined; revived?: string | undefined }> {
  const { containerId, networks } = inputs;
  const refused = await putInPlace(host, inputs, containerId);
  if (refused !== undefined) return { refused };
  const attached = networks === undefined ? [] : await attach(host, containerId, networks);
  const wrong = await takeOnChangedFiles(host, containerId, inputs, given);
  if (wrong !== undefined) return { refused: wrong };
  return { revived: await revive(host, inputs, { attached, unchanged }) };
}

/** @returns what was found instead of a healthy container, in words */
const watch = (
  host: EngineHost,
  { containerId, tries, interval }: HealthGateInputs,
  settle: number,
): Promise<string | undefined> => becomesHealthy(host, containerId, { tries, interval, settle });

/** Nothing but the healthy version is left, and it is the one to come back to. */
async function keep(host: EngineHost, inputs: HealthGateInputs): Promise<void> {
  const { containerId, revision, image } = inputs;
  const container = await inspectContainer(host, containerId);
  if (container === undefined) return;
  await removeFailed(host, inputs.container);
  await keepVersion(host, inputs, {
    containerId,
    revision,
    image,
    ...(await knownAs(host, container, image)),
    description: descriptionOf(container, image, inputs),
  });
}

/** By which name the image's content can be pulled again, should it be removed from the host. */
async function knownAs(host: EngineHost, { Image }: Container, reference: string): Promise<Pick<Version, "content">> {
  const content = await contentOf(host, Image, reference);
  return content === undefined ? {} : { content };
}

/** Opens when a container is healthy; otherwise fails with its last 30 log lines, and lets the version before serve. */
export class HealthGate extends resourceOf(healthGateKind, {
  type: "vpai/docker:HealthGate",
  name: "healthGate",
  defaults: { ...GATE_PATIENCE, condition: "healthy" },
  outputs: {},
}) {}
