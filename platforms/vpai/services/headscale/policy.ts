import type { HostView, ServiceContext } from "../../../../model/context";
import { reachesAmong, vpnDoorsOf } from "../../../../model/reach";
import type { PublishedPort } from "../../../../model/site";
import { sshPortOf } from "../../../../model/visits";

/** Whose devices there are beside the platform's own hosts. */
interface Users {
  /** Who reaches VPN-only sites. */
  members: readonly string[];
  /** Who also logs in to hosts. */
  operators: readonly string[];
}

/** A rule as Headscale reads it: what none accepts is refused. */
interface Rule {
  action: "accept";
  proto: PublishedPort["protocol"];
  src: string[];
  /** `<host>:<ports>`. */
  dst: string[];
}

/** A host that is a node of the VPN. */
type Node = HostView & { vpnAddress: string };

const isNode = (host: HostView): host is Node => host.vpnAddress !== undefined;

/** Headscale 0.26 knows a user by a name with an `@`; the users' own names have none. */
const asUser = (name: string): string => `${name}@`;

/**
 * Who may reach what in the VPN, by default nothing: people the gateways of VPN-only sites, operators sshd as well, and hosts what
 * their services and jobs ask of each other. Hosts are named by their addresses; a device that is neither a host nor a person's reaches nobody.
 */
export function vpnPolicy(context: ServiceContext, { members, operators }: Users): string {
  const nodes = context.hosts.filter(isNode);
  const acls = [
    ...toDoors([...members, ...operators].map(asUser).sort(), nodes),
    ...toLogins(operators.map(asUser), nodes),
    ...amongHosts(nodes, { ...context, hosts: nodes }),
  ];
  const addresses = nodes.map(({ name, vpnAddress }) => [name, `${vpnAddress}/32`]);
  return `${JSON.stringify({ hosts: Object.fromEntries(addresses) as unknown, acls }, null, 2)}\n`;
}

/** VPN-only sites, in both of the protocols that browsers come by. */
const toDoors = (src: string[], nodes: readonly Node[]): Rule[] =>
  (["tcp", "udp"] as const).flatMap((proto) =>
    rule(
      proto,
      src,
      nodes.map((node) => ({
        to: node.name,
        ports: vpnDoorsOf(node)
          .filter(({ protocol }) => protocol === proto)
          .map(({ hostPort }) => hostPort),
      })),
    ),
  );

const toLogins = (src: string[], nodes: readonly Node[]): Rule[] =>
  rule(
    "tcp",
    src,
    nodes.map((node) => ({ to: node.name, ports: [sshPortOf(node)] })),
  );

/** One rule for each host that asks another one. */
function amongHosts(nodes: readonly Node[], context: ServiceContext): Rule[] {
  const reaches = reachesAmong(context);
  return nodes.flatMap(({ name }) => {
    const asked = reaches.filter(({ from }) => from === name);
    const others = [...new Set(asked.map(({ to }) => to))];
    return rule(
      "tcp",
      [name],
      others.map((to) => ({ to, ports: asked.filter((reach) => reach.to === to).map(({ port }) => port) })),
    );
  });
}

/** No rule at all where there is nothing to reach. */
function rule(proto: Rule["proto"], src: string[], targets: readonly { to: string; ports: number[] }[]): Rule[] {
  const dst = targets
    .filter(({ ports }) => ports.length > 0)
    .map(({ to, ports }) => `${to}:${[...ports].sort((one, other) => one - other).join(",")}`);
  return src.length === 0 || dst.length === 0 ? [] : [{ action: "accept", proto, src, dst }];
}
