import { isDeepStrictEqual } from "node:util";

/** A program in a container of a host, with how one logs in to it. */
interface Placed {
  connection?: { host?: string };
  server?: { container?: string };
}

/** What this run's program says of each server. The provider is one process, and a run has one. */
const newest = new Map<string, unknown>();

/** Notes how one logs in to the server in which something is that this run's program has. */
export function noteLogin(inputs: Placed): void {
  const place = placeOf(inputs);
  if (place !== undefined) newest.set(place, inputs.server);
}

/**
 * A state with the login to its server that the program has by now. What is taken away is known by the state alone, whose password
 * may be the one of before: this very run may have replaced it.
 * @returns undefined where the state has it itself, or the program has nothing in that server any more
 */
export function withNewestLogin<State extends object>(state: State): State | undefined {
  const place = placeOf(state);
  const server = place === undefined ? undefined : newest.get(place);
  return server === undefined || isDeepStrictEqual(server, (state as Placed).server) ? undefined : { ...state, server };
}

/** Kinds that know a server by other things, such as its port alone, are not told of each other. */
function placeOf({ connection, server }: Placed): string | undefined {
  const { host } = connection ?? {};
  const { container } = server ?? {};
  if (server === undefined || host === undefined || container === undefined) return undefined;
  return [host, container, ...Object.keys(server).sort()].join(" ");
}
