import { neededBy, offererOf, serviceNamed } from "../../model/peers";
import { isOnDemand } from "../../model/run";
import type { Service } from "../../model/service";
import { type HostPlan, onEachService } from "./policy";

/** What a service waits for has to be there. */
export const knownNeeds = onEachService(({ needs = [] }, { name: host, context }) =>
  needs
    .filter((needed) => serviceNamed(context.hosts, host, needed) === undefined)
    .map((needed) => ({
      expected: "services that are in the stack",
      found: `needs ${needed}, which no host of the stack runs`,
      mend: `take ${needed} out of needs, or put it on a host; there are ${namesIn(context.hosts)}`,
    })),
);

/** Somebody has to serve what a service uses. */
export const servedUses = onEachService(({ uses = [] }, { name: host, context }) =>
  uses
    .filter((wanted) => offererOf(context.hosts, host, wanted) === undefined)
    .map(({ capability, from }) => ({
      expected: "requests that a service of the stack serves",
      found: `uses a ${capability}${from === undefined ? "" : ` of ${from}`}, which no service of the stack offers`,
      mend: `put a service that offers it on a host (vpai:services), or take the request out of uses`,
    })),
);

/** What always runs cannot wait for what somebody has to start; nor can anything be made in that. */
export const runningServers = onEachService((service, { name: host, context }) =>
  [
    ...(isOnDemand(service.run)
      ? []
      : (service.needs ?? []).flatMap((name) => serviceNamed(context.hosts, host, name) ?? [])),
    ...(service.uses ?? []).flatMap((wanted) => offererOf(context.hosts, host, wanted) ?? []),
  ]
    .filter(({ service: { run } }) => isOnDemand(run))
    .map(({ service: { name } }) => ({
      expected: "servers that run when they are needed",
      found: `needs ${name}, which runs on demand`,
      mend: `take start: "demand" out of ${name}, or what needs it out of ${service.name}`,
    })),
);

/** Services that wait for each other never start. */
export const noCycles = onEachService((service, plan) => {
  const way = wayBack(service.name, [service.name], plan);
  return way === undefined
    ? []
    : [
        {
          expected: "services that can start one after another",
          found: `a cycle in needs: ${way.join(" needs ")}`,
          mend: "take one of these needs out",
        },
      ];
});

/** The shortest of the first ways by needs from the last service of `way` to `goal`. */
function wayBack(goal: string, way: readonly string[], plan: HostPlan): string[] | undefined {
  const { hosts } = plan.context;
  const last = serviceNamed(hosts, plan.name, way.at(-1) ?? "");
  const needed = last === undefined ? [] : neededBy(last.service, hosts, last.host.name);
  const names = needed.map(({ service }) => service.name);
  if (names.includes(goal)) return [...way, goal];
  for (const next of names.filter((name) => !way.includes(name))) {
    const found = wayBack(goal, [...way, next], plan);
    if (found !== undefined) return found;
  }
  return undefined;
}

const namesIn = (hosts: HostPlan["context"]["hosts"]): string =>
  hosts.flatMap(({ services }) => services.map(({ name }: Service) => name)).join(", ");
