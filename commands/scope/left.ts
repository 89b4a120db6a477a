import type { Choice } from "./choice";
import { isAlwaysRun, withItsNeeds, withWhatNeeds } from "./graph";
import { hostOf } from "./hosts";
import type { Resource } from "./resources";

/** What a run is to leave. */
export interface Leaving {
  /** Names of the stack's hosts. */
  hosts: readonly string[];
  /** Those that cannot be reached. */
  away: readonly string[];
  /** What the run is limited to; undefined: all. */
  choice: Choice | undefined;
  /** Whether the run makes things. One that does not, a refresh or the end of the stack, needs nothing else for what it does. */
  makes: boolean;
}

/** What a run leaves, and what follows from that. */
export interface Left {
  /** URNs of what it leaves as it is. */
  urns: ReadonlySet<string>;
  /** Hosts of which it leaves everything. */
  hosts: readonly string[];
  /** Whether it leaves everything. */
  all: boolean;
  /** Hosts that are away, and that it would have touched. */
  away: readonly string[];
  /** How many changes wait for each of these. */
  changes: ReadonlyMap<string, number>;
  /** Services and the like of other hosts that it would have touched, and that need something of these which was never made. */
  waiting: readonly string[];
}

/** @param all of a preview for a run that makes things, else of the state */
export function leftOf(all: readonly Resource[], leaving: Leaving): Left {
  const parts = all.filter((resource) => !isAlwaysRun(resource));
  const { hosts, away, choice, makes } = leaving;
  const chosen = choice === undefined ? undefined : chosenAmong(all, choice, hosts);
  const wanted = chosen && makes ? withItsNeeds(all, chosen) : chosen;
  const asked = parts.filter(({ urn }) => wanted?.has(urn) ?? true);
  const isAway = (one: Resource): boolean => away.includes(hostOf(one, hosts) ?? "");
  const outside = new Set(parts.filter((one) => isAway(one) || !(wanted?.has(one.urn) ?? true)).map(({ urn }) => urn));
  const urns = makes ? withWhatNeeds(all, outside) : outside;
  const deferred = asked.filter(({ urn }) => urns.has(urn));
  return {
    urns,
    hosts: hosts.filter((host) => parts.every((one) => urns.has(one.urn) || hostOf(one, hosts) !== host)),
    // What is chosen may need something elsewhere; without it, that is no reason to run.
    all: parts.every(({ urn }) => urns.has(urn) || !(chosen?.has(urn) ?? true)),
    away: away.filter((host) => choice === undefined || asked.some((one) => hostOf(one, hosts) === host)),
    changes: new Map(away.map((host) => [host, changesOn(host, deferred, hosts)])),
    waiting: [...new Set(deferred.filter((one) => !isAway(one)).map(({ name }) => shortOf(name)))].sort(),
  };
}

const changesOn = (host: string, deferred: readonly Resource[], hosts: readonly string[]): number =>
  deferred.filter((one) => one.op !== "same" && hostOf(one, hosts) === host).length;

/** `sese-ai/n8n` of `sese-ai/n8n/health`. */
const shortOf = (name: string): string => name.split("/").slice(0, 2).join("/");

/** All of a host; of a service what bears its name, and what is made in it. */
function chosenAmong(all: readonly Resource[], { host, service }: Choice, hosts: readonly string[]): Set<string> {
  if (service === undefined)
    return new Set(all.filter((resource) => hostOf(resource, hosts) === host).map(({ urn }) => urn));
  const name = `${host}/${service}`;
  const found = new Set(
    all.filter((one) => one.name === name || one.name.startsWith(`${name}/`)).map(({ urn }) => urn),
  );
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const { urn, parent } of all) if (parent !== undefined && found.has(parent)) found.add(urn);
  }
  return found;
}
