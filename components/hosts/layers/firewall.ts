import { all, type Resource } from "@pulumi/pulumi";
import { HostFirewall, LoginBans } from "@vpai/providers";
import type { ServiceContext } from "../../../model/context";
import { firewallOf } from "../../../model/firewall";
import type { Machine } from "../../machines/machine";
import type { Layer } from "./layer";

/** A host before its engine, and what all hosts of the platform declare. */
interface Unguarded {
  name: string;
  machine: Machine;
  context: ServiceContext;
  /** Addresses and networks that are never banned, beside the VPN's and those that the program logs in from. */
  neverBanned: readonly string[];
  parent: Resource;
}

/** Tailscale's own. */
const VPN_INTERFACES = ["tailscale0"];

/**
 * The layer below the engine: who reaches the host and its containers, what these reach, and who is banned. It stands before the engine's first
 * container, so that none is ever open.
 */
export const firewallLayer: Layer<Unguarded> = ({ name, machine, context, neverBanned, parent }, after) => {
  const { connection, bindAddress, vpnInterfaces = VPN_INTERFACES, foundations = [], internet = [] } = machine;
  const rules = all([connection, bindAddress]).apply(([{ port: sshPort }, address]) =>
    firewallOf(context, { sshPort, bindAddress: address, vpnInterfaces, closed: foundations, internet }),
  );
  const firewall = new HostFirewall(`${name}/packet-filter`, { connection, rules }, { parent, dependsOn: [...after] });
  const sshPort = machine.connection.apply(({ port }) => port);
  const bans = new LoginBans(
    `${name}/login-bans`,
    { connection, sshPort, ignored: [...neverBanned] },
    { parent, dependsOn: [firewall] },
  );
  return { ready: [firewall, bans] };
};
