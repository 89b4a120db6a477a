import type { Duplex } from "node:stream";
import { exchange } from "../ssh/http";
import type { CommandRunner } from "../ssh/transport";

/** A host whose Docker engine can be spoken to directly. */
export interface EngineHost extends CommandRunner {
  exchange<T>(argv: readonly string[], use: (stream: Duplex) => Promise<T>): Promise<T>;
}

/** Seconds that a busy engine may take to answer. */
const PATIENCE = 120;

/**
 * Creates a container from the description that `docker inspect` gave of another one: the command line cannot take it.
 * @param body what `POST /containers/create` takes
 * @returns the container's id; it is not started
 * @throws when the engine refuses, with its reason
 */
export async function createContainer(host: EngineHost, name: string, body: object): Promise<string> {
  const { status, body: answer } = await host.exchange(["docker", "system", "dial-stdio"], (stream) =>
    exchange(stream, {
      method: "POST",
      path: `/containers/create?name=${encodeURIComponent(name)}`,
      headers: { host: "docker", "content-type": "application/json" },
      body: JSON.stringify(body),
      timeout: PATIENCE,
    }),
  );
  const { Id, message } = JSON.parse(answer) as { Id?: string; message?: string };
  if (Id === undefined)
    throw new Error(`${host.name}: the engine did not create ${name} (${status}): ${message ?? answer}`);
  return Id;
}
