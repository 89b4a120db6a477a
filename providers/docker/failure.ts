import { inspectContainer, lastLogLines } from "./container";
import type { EngineHost } from "./engine/api";
import type { Version } from "./last-healthy";
import { LOG_LINES, type Restoration, restorePrevious } from "./rollback";

/** A container that was watched. */
interface Watched extends Restoration {
  connection: { host: string };
  containerId: string;
  /** Reference of its image. */
  image: string;
  /** What was expected of it. */
  condition: string;
}

/** What ended the waiting for a container. */
interface Outcome {
  /** What was found instead of a healthy container, in words. */
  found: string;
  /** Why it was restarted before, if it was. */
  revived: string | undefined;
  previous: Version | undefined;
}

/** A container that did not become healthy; the version before it serves, where there is one. @returns the error to throw */
export async function failure(
  host: EngineHost,
  inputs: Watched,
  { found, revived, previous }: Outcome,
): Promise<Error> {
  const { container, containerId, connection, image } = inputs;
  const log = await lastLogLines(host, containerId, LOG_LINES);
  const failed = await inspectContainer(host, containerId);
  const outcome =
    previous === undefined || failed === undefined
      ? `${revived === undefined ? "" : "It was restarted once, which did not help. "}Mend it and run \`up\` again.`
      : `${await restorePrevious(host, inputs, failed, previous)} Mend the new one and run \`up\` again, which tries it anew.`;
  return new Error(
    `${container} on ${connection.host} (image ${image}) is not healthy: expected "${inputs.condition}", found ${found}. ` +
      `${outcome} Its last ${LOG_LINES} log lines:\n${log}`,
  );
}
