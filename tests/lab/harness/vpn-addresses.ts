import type { Lab } from "./lab";

/**
 * Gives hosts of a lab their VPN addresses, and a way to each other's: what a VPN does, without one. The stack's file says
 * them, too; the next `up` takes them on.
 * @param addresses by host
 */
export async function joinVpn(lab: Lab, addresses: Readonly<Record<string, string>>): Promise<void> {
  const hosts = await Promise.all(Object.keys(addresses).map((name) => lab.host(name)));
  for (const host of hosts) {
    const own = addresses[host.name] ?? "";
    await host.output(["sh", "-c", DEVICE, "device", own]);
    for (const other of hosts.filter(({ name }) => name !== host.name))
      await host.output(["ip", "route", "replace", `${addresses[other.name] ?? ""}/32`, "via", other.publicAddress]);
    await lab.pulumiSucceed(["config", "set", "--path", `vpai:hosts.${host.name}.vpnAddress`, own]);
  }
  await lab.pulumiSucceed(["config", "set", "vpai:vpnEnforce", "true"]);
  await lab.pulumiSucceed(["config", "set", "vpai:vpnNodes", "false"]);
}

const DEVICE = `ip link show vpn0 >/dev/null 2>&1 || ip link add vpn0 type bridge
ip link set vpn0 up
ip addr replace "$1/32" dev vpn0`;

/** Takes them out of the stack's file again. */
export async function leaveVpn(lab: Lab, addresses: Readonly<Record<string, string>>): Promise<void> {
  await lab.pulumiSucceed(["config", "set", "vpai:vpnEnforce", "false"]);
  await lab.pulumiSucceed(["config", "rm", "vpai:vpnNodes"]);
  for (const name of Object.keys(addresses))
    await lab.pulumiSucceed(["config", "rm", "--path", `vpai:hosts.${name}.vpnAddress`]);
}
