import type { Away } from "../../../../commands/reach/probe";
import type { StackHost } from "../../../../commands/reach/stack";
import type { Resource } from "../../../../commands/scope/resources";

/** What the hosts and the engine are, as a test wants it. */
export const world = {
  hosts: {} as Record<string, StackHost>,
  /** Hosts that are away, at each look. */
  looks: [] as string[][],
  resources: [] as Resource[],
  /** Whether hosts were asked what they took back, at each look. */
  asked: [] as boolean[],
};

jest.mock("../../../../commands/reach/stack", () => ({ hostsOf: () => Promise.resolve(world.hosts) }));
jest.mock("../../../../commands/reach/probe", () => ({
  awayOf: (hosts: Record<string, unknown>, asks: boolean): Promise<Away[]> => {
    world.asked.push(asks);
    const away = world.looks.shift() ?? [];
    return Promise.resolve(away.filter((name) => name in hosts).map((name) => ({ name, why: `${name} is silent` })));
  },
}));
jest.mock("../../../../commands/scope/plan", () => ({
  plannedResources: () => Promise.resolve(world.resources),
  stateResources: () => Promise.resolve(world.resources),
}));
jest.mock("../../../../commands/secrets/passphrase", () => ({ expectPassphrase: () => Promise.resolve() }));
