import type { Declared } from "./declared/declared";
import { eachOf, isAskable, type Reached, tcpReached, udpReached } from "./probes";
import type { Seen } from "./look/seen";
import { isLoopback } from "./addresses";

/** A port of a host as this machine meets it. */
export interface Met {
  address: string;
  protocol: "tcp" | "udp";
  port: number;
  reached: Reached;
}

/** What is often open by mistake: Docker's API, databases, stores, and programs' own pages. */
const WELL_KNOWN = [
  ...[21, 22, 23, 25, 53, 80, 111, 443, 445, 804, 2019, 2375, 2376, 2377, 3000, 3306, 3389, 4000, 5000, 5432],
  ...[5678, 5900, 5984, 6333, 6379, 8000, 8080, 8096, 8188, 8428, 8443, 8888, 9000, 9090, 9093, 9100, 9200, 11434],
  ...[12345, 18789, 27017, 50443],
];

/** Interfaces that have no address which the world could reach. */
const INNER = /^(docker0|br-|veth|tailscale|lo)/;

/** Addresses of a host that the world may reach it on: the declared one, and its own of IPv6. */
export const outerAddresses = (
  { publicAddress }: Pick<Declared, "publicAddress">,
  { addresses }: Pick<Seen, "addresses">,
): string[] => [
  publicAddress,
  ...addresses
    .filter(({ address, interface: name }) => address.includes(":") && !INNER.test(name))
    .map(({ address }) => address)
    .filter((address) => address !== publicAddress),
];

/** Ports that are tried: declared ones, all that anybody listens on, and those that are often open by mistake. */
export function portsToTry(
  { ports }: Pick<Declared, "ports">,
  { listeners, containers }: Pick<Seen, "listeners" | "containers">,
): number[] {
  const found = new Set([
    ...WELL_KNOWN,
    ...ports.filter(({ protocol }) => protocol === "tcp").map(({ port }) => port),
    ...listeners.filter(({ protocol, address }) => protocol === "tcp" && !isLoopback(address)).map(({ port }) => port),
    ...containers.flatMap(({ bindings }) =>
      bindings.filter(({ port }) => port.endsWith("/tcp")).map(({ hostPort }) => hostPort),
    ),
  ]);
  return [...found].sort((one, other) => one - other);
}

/** Tries a host's ports from this machine, over IPv4 and IPv6. */
export async function meet(declared: Declared, seen: Seen): Promise<Met[]> {
  const addresses = outerAddresses(declared, seen);
  const tcp = addresses.flatMap((address) =>
    portsToTry(declared, seen).map((port) => ({ address, protocol: "tcp" as const, port })),
  );
  const udp = addresses.flatMap((address) =>
    [...new Set(declared.ports.filter(({ protocol }) => protocol === "udp").map(({ port }) => port))]
      .filter(isAskable)
      .map((port) => ({ address, protocol: "udp" as const, port })),
  );
  return eachOf([...tcp, ...udp], async (one) => ({
    ...one,
    reached: await (one.protocol === "tcp" ? tcpReached : udpReached)(one.address, one.port),
  }));
}
