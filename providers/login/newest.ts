import { isDeepStrictEqual } from "node:util";

/** A program in a container of a host, with how one logs in to both. */
interface Placed {
  connection?: { host?: string; hostKey?: string };
  server?: { container?: string };
}

/** What this run's program says of each host and each server. The provider is one process, and a run has one. */
const newest = new Map<string, unknown>();

/** Notes how one logs in to the host on which something is that this run's program has, and to the server there. */
export function noteLogin(inputs: Placed): void {
  const [host, place] = [hostOf(inputs), placeOf(inputs)];
  if (host !== undefined) newest.set(host, inputs.connection);
  if (place !== undefined) newest.set(place, inputs.server);
}

/**
 * A state with the logins to its host and its server that the program has by now. What is taken away is known by the state alone, whose
 * user, port or password may be the one of before: this very run may have replaced it.
 * @returns undefined where the state has them itself, or the program has nothing there any more
 */
export function withNewestLogin<State extends object>(state: State): State | undefined {
  const renewed = {
    ...state,
    ...noted("connection", hostOf(state)),
    ...noted("server", placeOf(state)),
  };
  return isDeepStrictEqual(renewed, state) ? undefined : renewed;
}

/** What is noted under a key, as that property. */
const noted = (property: keyof Placed, key: string | undefined): object =>
  key !== undefined && newest.has(key) ? { [property]: newest.get(key) } : {};

/** A host is known by its pinned key, whatever its address is. A preview may have none. */
function hostOf({ connection }: Placed): string | undefined {
  const { hostKey = "" } = connection ?? {};
  return hostKey === "" ? undefined : `host ${hostKey}`;
}

/** Kinds that know a server by other things, such as its port alone, are not told of each other. */
function placeOf({ connection, server }: Placed): string | undefined {
  const { host } = connection ?? {};
  const { container } = server ?? {};
  if (server === undefined || host === undefined || container === undefined) return undefined;
  return [host, container, ...Object.keys(server).sort()].join(" ");
}
