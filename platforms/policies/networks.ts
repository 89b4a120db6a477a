import { gatewaysOf } from "../../model/firewall";
import { ENGINE_SETTINGS } from "../../model/hardening/engine";
import { publishedBy } from "../../model/run";
import { type ContainerService, isContainerService } from "../../model/service";
import { type HostPlan, onEachContainer, onEachHost } from "./policy";

/** A container joins networks that its host has. */
export const knownNetworks = onEachContainer(({ run: { networks } }, { host }) =>
  networks
    .filter((network) => host.networks[network] === undefined)
    .map((network) => ({
      expected: "networks that its host has",
      found: `the unknown network ${network}`,
      mend: `use one of ${Object.keys(host.networks).join(", ")}`,
    })),
);

/**
 * A container that asks sites of its own host is on the network where their gateway's ports lead: the engine isolates it from all
 * others, published or not (docs/decisions/baseline.md).
 */
export const askedAtHome = onEachContainer((service, plan) => {
  if (!asksAtHome(service, plan)) return [];
  const entries = plan.services
    .filter(isContainerService)
    .filter(({ gateway, run }) => gateway !== undefined && publishedBy(run).length > 0)
    .map((gateway) => forwardedTo(gateway, plan));
  return entries
    .filter((network) => network !== undefined && !service.run.networks.includes(network))
    .map((network) => ({
      expected: `the network ${network}, where the ports of its host's gateway lead, as it asks sites of this host`,
      found: service.run.networks.join(", "),
      mend: `add ${network} to its networks, or give the gateway's another order: the engine takes the first by name that has a way out`,
    }));
});

const asksAtHome = ({ asks }: ContainerService, { name, context }: HostPlan): boolean =>
  (asks?.(context) ?? []).some((site) => gatewaysOf(site, context).some((host) => host.name === name));

/** Network by which the engine leads a published port to a container: the first by name that has a way out. */
const forwardedTo = ({ run: { networks } }: ContainerService, { host }: HostPlan): string | undefined =>
  [...networks].sort().find((network) => host.networks[network]?.internal === false);

/** What a declared network may not be a part of: addresses that the engine, or the VPN, gives away by itself. */
const GIVEN_AWAY: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ENGINE_SETTINGS["default-address-pools"].map(({ base }) => [base, "the engine's own (default-address-pools)"]),
  ),
  "100.64.0.0/10": "the VPN's",
};

/** A network has addresses that nobody else gives away. */
export const ownSubnets = onEachHost(({ name, host }) =>
  Object.entries(host.networks).flatMap(([network, { subnet }]) =>
    Object.entries(GIVEN_AWAY)
      .filter(([range]) => overlap(subnet, range))
      .map(([range, whose]) => ({
        where: `${name}/network/${network}`,
        expected: "addresses that nobody else gives away",
        found: `${subnet}, which is in ${range}: ${whose}`,
        mend: "give the network another subnet",
      })),
  ),
);

const overlap = (one: string, other: string): boolean => {
  const [[first, length], [second, otherLength]] = [rangeOf(one), rangeOf(other)];
  const size = 2 ** (32 - Math.min(length, otherLength));
  return Math.floor(first / size) === Math.floor(second / size);
};

const rangeOf = (cidr: string): [address: number, length: number] => {
  const [address = "", length = "32"] = cidr.split("/");
  return [address.split(".").reduce((sum, byte) => sum * 256 + Number(byte), 0), Number(length)];
};
