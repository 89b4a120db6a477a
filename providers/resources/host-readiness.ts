import type { HostNeeds } from "../host/faults";
import { expectReady } from "../host/ready";
import type { Kind } from "../implementation";
import { resourceOf } from "../resource";
import type { Connection } from "../ssh/connection";
import { transportTo } from "../ssh/transport";

/** A host that has what its containers need, whenever one of them changes. */
export interface HostReadinessInputs extends HostNeeds {
  connection: Connection;
  /** Digest of what the containers are made from: another one is looked at anew. */
  containers: string;
}

interface HostReadinessState extends HostReadinessInputs {
  /** When the host was found ready, ISO 8601. */
  lookedAt: string;
}

export const hostReadinessKind: Kind<HostReadinessInputs, HostReadinessState> = {
  version: 1,
  identity: [],
  id: ({ folder }) => folder,
  async ensure(inputs) {
    await expectReady(transportTo(inputs.connection), inputs);
    return { ...inputs, lookedAt: new Date().toISOString() };
  },
  observe: (state) => Promise.resolve(state),
  async remove() {
    // It is a look at the host, and nothing on it.
  },
};

/** Opens when the host has what its containers need: disks, memory, ports. */
export class HostReadiness extends resourceOf(hostReadinessKind, {
  type: "vpai/host:Readiness",
  name: "hostReadiness",
  outputs: { lookedAt: "plain" },
}) {}
