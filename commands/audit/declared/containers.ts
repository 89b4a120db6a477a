import { publishedBy } from "../../../model/run";
import type { Service } from "../../../model/service";
import { isLoopback } from "../addresses";
import type { DeclaredContainer, DeclaredPort } from "./declared";

/** A container's inputs, as components/container/arguments.ts gives them. */
interface ContainerInputs {
  name: string;
  image: string;
  user?: string;
  readOnly?: boolean;
  start?: boolean;
  labels?: { label: string; value: string }[];
  capabilities?: { adds?: string[] };
  mounts?: { source: string }[];
  networksAdvanced?: { name: string }[];
  ports?: { ip: string; external: number; protocol?: string }[];
}

/** A container by its inputs. */
export function containerOf(inputs: Record<string, unknown>): DeclaredContainer {
  const { name, image, user, readOnly, start, labels, capabilities, mounts, networksAdvanced, ports } =
    inputs as unknown as ContainerInputs;
  return {
    ...{ name, image, user: user ?? "", readOnly: readOnly ?? false, isOnDemand: start === false },
    service: labels?.find(({ label }) => label === "dev.vpai.service")?.value ?? name,
    capabilities: capabilities?.adds ?? [],
    mounts: (mounts ?? []).map(({ source }) => source),
    networks: (networksAdvanced ?? []).map((network) => network.name),
    ports: (ports ?? []).map(({ ip, external, protocol = "tcp" }) => ({ address: ip, hostPort: external, protocol })),
  };
}

/** Ports of its host that a container publishes. */
export const portsOf = ({ service, ports, isOnDemand }: DeclaredContainer): DeclaredPort[] =>
  ports.map(({ address, hostPort, protocol }) => ({
    protocol: protocol === "udp" ? "udp" : "tcp",
    port: hostPort,
    on: isLoopback(address) ? "host" : { address },
    by: service,
    mayBeOff: isOnDemand,
  }));

/** Ports that a unit listens on by itself. @param vpnAddress where those of the VPN alone listen; undefined: anywhere */
export const unitPorts = ({ name, run }: Service, vpnAddress: string | undefined): DeclaredPort[] =>
  publishedBy(run).map(({ protocol, hostPort, access }) => ({
    ...{ protocol, port: hostPort, by: name, mayBeOff: false },
    on:
      access === "host" ? "host" : access === "vpn" && vpnAddress !== undefined ? { address: vpnAddress } : "anywhere",
  }));
