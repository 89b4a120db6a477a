import { isDeepStrictEqual } from "node:util";

/** Where something is, and how one logs in there: a host, and a program in a container of it. */
interface Placed {
  connection?: { host?: string };
  server?: { container?: string };
}

/** What this run's program says of each place. The provider is one process, and a run has one. */
const newest = new Map<string, unknown>();

/** Notes how one logs in where something is that this run's program has. */
export function noteLogins(inputs: object): void {
  for (const [property, place] of placesOf(inputs)) newest.set(place, inputs[property as keyof typeof inputs]);
}

/**
 * A state with the logins that the program has by now. What is taken away is known by the state alone, whose password or port may be those
 * of before: the program may have replaced them in this very run.
 * @returns undefined where the state has them itself, or the program has nothing there any more
 */
export function withNewestLogins<State extends object>(state: State): State | undefined {
  const found = placesOf(state)
    .filter(([, place]) => newest.has(place))
    .map(([property, place]) => [property, newest.get(place)] as const);
  const renewed = { ...state, ...Object.fromEntries(found) };
  return isDeepStrictEqual(renewed, state) ? undefined : renewed;
}

/** Kinds that know a program by other things, such as its port alone, are not told of each other. */
function placesOf({ connection, server }: Placed): [property: string, place: string][] {
  const host = connection?.host;
  if (host === undefined) return [];
  if (server?.container === undefined) return [["connection", host]];
  return [
    ["connection", host],
    ["server", [host, server.container, ...Object.keys(server).sort()].join(" ")],
  ];
}
