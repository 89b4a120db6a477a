import { isDeepStrictEqual } from "node:util";
import type { Kind } from "../implementation";
import { resourceOf } from "../resource";
import type { Connection } from "../ssh/connection";
import { expectRoot } from "../ssh/login-rights";
import { type Transport, transportTo } from "../ssh/transport";
import type { Aspect } from "../system/aspect";
import { hostname } from "../system/hostname";
import { journal } from "../system/journal";
import { kernelOptions } from "../system/kernel-options";
import { swap } from "../system/swap";
import { timeZone } from "../system/time-zone";
import { type Upgrades, upgrades } from "../system/upgrades";

/** Properties of a host's system. What is not given is left as it is. */
interface Properties {
  hostname?: string;
  /** As in `/usr/share/zoneinfo`, e.g. `Europe/Paris`. */
  timeZone?: string;
  /** MiB that the journal takes at most. */
  journalMiB?: number;
  /** MiB of swap that there are at least. */
  swapMiB?: number;
  /** What is upgraded without being asked for. */
  upgrades?: Upgrades;
  /** Options of the kernel, from the next boot on, where a Raspberry Pi's firmware reads them from a file. */
  kernelOptions?: string[];
}

interface HostSystemInputs extends Properties {
  connection: Connection;
}

/** In the order in which they are made. */
const ASPECTS: { [Name in keyof Required<Properties>]: Aspect<Required<Properties>[Name]> } = {
  hostname,
  timeZone,
  journalMiB: journal,
  swapMiB: swap,
  upgrades,
  kernelOptions,
};

type Name = keyof Properties;

const givenIn = (inputs: Properties): Name[] =>
  (Object.keys(ASPECTS) as Name[]).filter((name) => inputs[name] !== undefined);

/** One type for all of them: which value is whose follows from the name. */
const aspectOf = (name: Name): Aspect<unknown> => ASPECTS[name];

const observed = (host: Transport, inputs: Properties, name: Name): Promise<unknown> =>
  aspectOf(name).observe(host, inputs[name]);

export const hostSystemKind: Kind<HostSystemInputs> = {
  version: 1,
  identity: [],
  id: ({ connection }) => `system of ${connection.host}`,
  title: ({ connection }) => `system of ${connection.host}`,
  async ensure(inputs) {
    const host = transportTo(inputs.connection);
    await expectRoot(host);
    for (const name of givenIn(inputs)) {
      if (isDeepStrictEqual(await observed(host, inputs, name), inputs[name])) continue;
      await aspectOf(name).ensure(host, inputs[name]);
      const found = await observed(host, inputs, name);
      if (!isDeepStrictEqual(found, inputs[name]))
        throw new Error(
          `${host.name}: expected ${name} ${JSON.stringify(inputs[name])} once it was set, found ${JSON.stringify(found)}: ` +
            "something else on the host sets it, too",
        );
    }
    return inputs;
  },
  async observe(state) {
    const host = transportTo(state.connection);
    const found = givenIn(state).map(async (name) => [name, await observed(host, state, name)] as const);
    return { ...state, ...Object.fromEntries(await Promise.all(found)) };
  },
  async remove() {
    // A system has always some name, zone and limits: these stay until somebody gives it others.
  },
};

/** A host's name, time zone, journal, swap, upgrades and kernel options, as far as they are its own. */
export class HostSystem extends resourceOf(hostSystemKind, {
  type: "vpai/host:System",
  name: "hostSystem",
  outputs: {},
}) {}
