import { isIP } from "node:net";
import { publishedBy } from "../../model/run";
import { onEachContainer, onEachHost, placeOf } from "./policy";
import { unique } from "./unique";

/** One address listens on a port once. */
export const uniquePorts = onEachHost((plan) =>
  unique(
    plan.services.flatMap((service) =>
      publishedBy(service.run).map(
        ({ access, hostPort, protocol }) =>
          [`${hostPort}/${protocol} on the ${access} address`, placeOf(plan, service)] as const,
      ),
    ),
    (what) => `${what} is published more than once`,
    "publish another hostPort, or none",
  ),
);

/** The Docker provider compares the first port of a number and protocol with each of them, and finds a change in every run. */
export const publishedOnce = onEachContainer(({ run: { publish = [] } }) => {
  const names = publish.map(({ port, protocol }) => `${port}/${protocol}`);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  return twice === undefined
    ? []
    : [
        {
          expected: "a container port that is published once",
          found: `${twice}, which is published on two addresses`,
          mend: "let the program listen on another port for the second one",
        },
      ];
});

/** An engine resolves no name for a port, and older ones take it for every address there is. */
export const boundAddresses = onEachHost(({ name, services, bindAddress }) => {
  const publishes = services.some(({ run }) => publishedBy(run).some(({ access }) => access === "public"));
  return bindAddress === undefined || isIP(bindAddress) !== 0 || !publishes
    ? []
    : [
        {
          where: name,
          expected: "an IP address, as public ports listen on it",
          found: `the name ${bindAddress}`,
          mend: `set vpai:hosts.${name}.machine.bindAddress to an address that the host has itself (\`ip -4 addr\` there)`,
        },
      ];
});

/** Where a host is logged in to by its address in the VPN, its public ports would listen there, too: twice, and nowhere for the world. */
export const apartAddresses = onEachHost(({ name, services, bindAddress, vpnAddress }) => {
  const published = services.flatMap(({ run }) => publishedBy(run));
  const both = published.find(
    ({ access, hostPort, protocol }) =>
      access === "public" &&
      published.some((one) => one.access === "vpn" && one.hostPort === hostPort && one.protocol === protocol),
  );
  return bindAddress === undefined || bindAddress !== vpnAddress || both === undefined
    ? []
    : [
        {
          where: name,
          expected: `an address for the world beside that of the VPN, as ${both.hostPort}/${both.protocol} is published on each`,
          found: `${bindAddress} for both`,
          mend: `set vpai:hosts.${name}.machine.address to the one that the world reaches it on`,
        },
      ];
});

/** Docker publishes through a network that has a way out; on others it never opens the port, and the provider asks again. */
export const openablePorts = onEachContainer(({ run: { networks, publish = [] } }, { host }) =>
  publish.length === 0 || networks.some((network) => host.networks[network]?.internal === false)
    ? []
    : [
        {
          expected: "a network with a way out for published ports",
          found: "published ports on internal networks only, which Docker never opens",
          mend: `add a network that is not internal${outsideOf(host.networks)}, or publish nothing`,
        },
      ],
);

function outsideOf(networks: Readonly<Record<string, { internal: boolean }>>): string {
  const names = Object.keys(networks).filter((name) => networks[name]?.internal === false);
  return names.length === 0 ? "" : ` (${names.join(", ")})`;
}
