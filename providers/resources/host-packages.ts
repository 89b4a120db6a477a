import type { SystemPackage } from "../../model/hardening/packages";
import type { Kind } from "../implementation";
import { resourceOf } from "../resource";
import type { Connection } from "../ssh/connection";
import { expectRoot } from "../ssh/login-rights";
import { transportTo } from "../ssh/transport";
import { addPackages, missingPackages } from "../system/packages";

/** Packages of its distribution that a host has. */
interface HostPackagesInputs {
  connection: Connection;
  packages: SystemPackage[];
  /** Seconds for which another process may hold the lock of apt and dpkg. Default in the resource: 300. */
  patience: number;
  /** `installed`; a refresh notes what is missing instead. */
  condition: string;
}

export const hostPackagesKind: Kind<HostPackagesInputs> = {
  version: 1,
  identity: [],
  id: ({ connection }) => `packages of ${connection.host}`,
  transient: ["patience"],
  async ensure(inputs) {
    const host = transportTo(inputs.connection);
    await expectRoot(host);
    const missing = await missingPackages(host, inputs.packages);
    if (missing.length > 0) await addPackages(host, missing, inputs.patience);
    return inputs;
  },
  async observe(state) {
    const missing = await missingPackages(transportTo(state.connection), state.packages);
    return { ...state, condition: missing.length === 0 ? INSTALLED : `missing: ${missing.join(", ")}` };
  },
  async remove() {
    // Something else may need them by now, and taking a package away may take others along.
  },
};

/** Every package is there. */
const INSTALLED = "installed";

/** Packages that a host has, of whatever version: installed where they are missing, never upgraded, never removed. */
export class HostPackages extends resourceOf(hostPackagesKind, {
  type: "vpai/host:Packages",
  name: "hostPackages",
  defaults: { patience: 300, condition: INSTALLED },
  outputs: {},
}) {}
