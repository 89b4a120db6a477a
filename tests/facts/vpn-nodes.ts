import type { UnitFacts } from "./form";

/** What is the same of every node: docs/requirements.md#vpn and docs/decisions/vpn-nodes.md. */
const NODE = {
  program: "tailscale 1.84.2",
  runtimes: [],
  user: "0:0",
  sites: [],
  // 41641 by UDP is open on every host with a VPN address, whoever makes it a node.
  published: [],
  memoryMiB: 96,
  cpus: 0.5,
  health: "{tailscale}/tailscale version --daemon",
  data: {},
} as const;

/** Hosts as nodes of the VPN, by their services. */
export const VPN_NODES: Readonly<Record<string, UnitFacts>> = {
  "sese-node": { group: "core", ...NODE },
  "hub-node": { group: "vpn", ...NODE },
  "workstation-node": { group: "studio", ...NODE },
};
