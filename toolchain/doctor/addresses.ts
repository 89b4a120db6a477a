import type { LabIdentity } from "../lab-identity";
import { fatal, ok, warning, type Check } from "./check";
import type { Machine } from "./machine";

/** An IPv4 network as the first address and the number of leading bits. */
export interface Subnet {
  address: number;
  bits: number;
}

/** Reads "10.64.0.0/24"; an address alone is a /32. Undefined for everything else. */
export function parseSubnet(text: string): Subnet | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)(?:\/(\d+))?$/.exec(text);
  if (!match) return undefined;
  const address = match.slice(1, 5).reduce((sum, part) => sum * 256 + Number(part), 0);
  return { address, bits: Number(match[5] ?? 32) };
}

/** Whether two networks have an address in common. */
export function overlap(left: Subnet, right: Subnet): boolean {
  const size = 2 ** (32 - Math.min(left.bits, right.bits));
  return Math.floor(left.address / size) === Math.floor(right.address / size);
}

interface Route {
  dst: string;
  dev?: string;
}

/** Whether the lab network would shadow an existing route. The lab's own network, when it is up, does not count. */
export const labSubnet = ({ prefix, subnet }: Pick<LabIdentity, "prefix" | "subnet">): Check => ({
  name: "Lab network",
  inspect: async (machine) => {
    const { code, stdout } = await machine.run("ip", ["-json", "-4", "route", "show", "table", "main"]);
    if (code !== 0) return warning(`${subnet}, routes unknown`, "apt-get install iproute2");
    if (await isUp(machine, "network", prefix)) return ok(`${subnet}, in use by this lab`);
    const clash = (JSON.parse(stdout) as Route[]).find(({ dst }) => clashes(subnet, dst));
    if (!clash) return ok(`${subnet} is free`);
    const found = `${subnet} overlaps with the route to ${clash.dst} (${clash.dev ?? "no device"})`;
    return fatal(found, "remove that route, or use a checkout in another directory: the subnet derives from its path");
  },
});

function clashes(subnet: string, destination: string): boolean {
  const [own, other] = [parseSubnet(subnet), parseSubnet(destination)];
  return own !== undefined && other !== undefined && overlap(own, other);
}

/** Whether the port through which images reach the lab's registry is free, or held by this lab itself. */
export const labPort = ({ prefix, registryPort }: Pick<LabIdentity, "prefix" | "registryPort">): Check => ({
  name: "Port of the lab registry",
  inspect: async (machine) => {
    if (await machine.isPortFree(registryPort)) return ok(`127.0.0.1:${registryPort} is free`);
    if (await isUp(machine, "container", `${prefix}-registry`))
      return ok(`127.0.0.1:${registryPort}, in use by this lab`);
    const advice = `end what listens there (ss -ltnp sport = :${registryPort}), or use a checkout in another directory`;
    return fatal(`127.0.0.1:${registryPort} is in use`, advice);
  },
});

async function isUp(machine: Machine, kind: "network" | "container", name: string): Promise<boolean> {
  return (await machine.run("docker", [kind, "inspect", name])).code === 0;
}
