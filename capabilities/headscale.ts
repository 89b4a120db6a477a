import { HeadscaleDevice, HeadscaleKey, HeadscaleNode, HeadscalePolicy, HeadscaleUser } from "@vpai/providers";
import { containerOf, defineCapability, type Running } from "../model/capability";
import type { ServiceContext } from "../model/context";
import { UserError } from "../model/finding";
import { type Exposure, hostnameOf } from "../model/site";

/** What makes a service the one that coordinates the VPN: that it is there. */
type Coordinator = Record<never, never>;

/** Whose nodes there are. */
interface Owner {
  /** Unique in the VPN. */
  name: string;
}

/** What lets one computer join. */
interface Admission {
  /** Name of the user whose node it becomes. */
  user: string;
  /** Which computer it is for. */
  node: string;
  /** How long it is good for. Default: 60. */
  minutes?: number;
}

/** A computer of a person that may be a node. */
interface Device {
  /** Its name in the VPN. */
  node: string;
  /** Name of the user whose node it is. */
  user: string;
}

/** Who may reach what. */
interface Ruling {
  /** Text of the policy's file. */
  of: (context: ServiceContext) => string;
  /** Port on which the server tells what it goes by. */
  port: number;
}

/** A host that is a node. */
interface Membership {
  /** Its name in the VPN. */
  node: string;
  /** Name of the user whose node it is. */
  user: string;
  /** The client's command on the host, an absolute path, and its unit. */
  command: string;
  unit: string;
  /** Where the server answers nodes. */
  site: Pick<Exposure, "subdomain">;
  /** File of the root certificates that the client trusts where the server's is of no public authority. */
  authorities: string;
}

/** Where a Headscale keeps its nodes, as it sees the path. */
const DATABASE = "/var/lib/headscale/db.sqlite";

const serverOf = ({ connection, endpoint }: Running<Coordinator>) => ({
  connection,
  server: { container: containerOf(endpoint), port: endpoint.port },
});

/** A user in a Headscale; one that nobody requests any more is deleted, unless it has nodes. */
export const headscaleUser = defineCapability<Coordinator, Owner>({
  name: "Headscale user",
  when: "after",
  claims: ({ name }) => [`user ${name}`],
  make: ({ name }, server) =>
    new HeadscaleUser(
      `${server.host}/vpn-user/${name}`,
      { ...serverOf(server), user: name },
      { parent: server.scope, dependsOn: [server.ready] },
    ),
});

/**
 * A pre-auth key in a Headscale: for one node, once, and short-lived; a secret output of its resource. Used or expired, it stays as it is;
 * `pulumi up --replace` makes another one.
 */
export const headscaleKey = defineCapability<Coordinator, Admission>({
  name: "Headscale pre-auth key",
  when: "after",
  claims: ({ node }) => [`key of ${node}`],
  make: ({ user, node, minutes = 60 }, server, at) =>
    new HeadscaleKey(
      `${server.host}/vpn-key/${node}`,
      { ...serverOf(server), user, node, minutes },
      { parent: server.scope, dependsOn: [server.ready, ...at.earlier(headscaleUser)] },
    ),
});

/**
 * A device of a person in a Headscale's VPN: it joins by itself, with a key that `make vpn-key` makes, and whether it has is no
 * difference. One that nobody requests any more is out: its node is deleted.
 */
export const headscaleDevice = defineCapability<Coordinator, Device>({
  name: "Headscale device",
  when: "after",
  claims: ({ node }) => [`node ${node}`],
  make: ({ user, node }, server, at) =>
    new HeadscaleDevice(
      `${server.host}/vpn-device/${node}`,
      { ...serverOf(server), user, node },
      { parent: server.scope, dependsOn: [server.ready, ...at.earlier(headscaleUser)] },
    ),
});

/** The policy that a Headscale goes by: it reads the changed file without a restart, and is asked what it made of it. */
export const headscalePolicy = defineCapability<Coordinator, Ruling>({
  name: "Headscale policy",
  when: "after",
  claims: () => ["policy"],
  make: ({ of, port }, { host, connection, endpoint, ready, scope }, at) =>
    new HeadscalePolicy(
      `${host}/vpn-policy`,
      { connection, server: { container: containerOf(endpoint), port }, policy: of(at.context) },
      // Users that it names have to be there: a rule of an unknown one is silently left out.
      { parent: scope, dependsOn: [ready, ...at.earlier(headscaleUser)] },
    ),
});

/**
 * A host as a node of a Headscale's VPN, at the address that the stack's file gives it. The key that lets it in is made when it joins,
 * and known to nobody afterwards. Deleted, the host is logged out and its node is gone.
 */
export const headscaleNode = defineCapability<Coordinator, Membership>({
  name: "Headscale node",
  when: "after",
  claims: ({ node }) => [`node ${node}`],
  make: ({ node, user, command, unit, site, authorities }, server, at) => {
    const { host, domain, hosts, tls } = at.context;
    const address = hosts.find(({ name }) => name === host)?.vpnAddress;
    if (address === undefined) throw new UserError(`${host}: expected a vpnAddress of a node of the VPN, found none`);
    const [gateway] = server.gateways();
    return new HeadscaleNode(
      `${host}/vpn-node`,
      {
        connection: at.connection,
        headscale: { ...serverOf(server), database: server.onHost(DATABASE) },
        url: `https://${hostnameOf(site, domain)}`,
        ...{ user, node, address, command },
        ...(tls === "internal" && gateway !== undefined
          ? {
              authority: {
                container: containerOf(gateway.endpoint),
                file: gateway.authority,
                trusted: authorities,
                unit,
              },
            }
          : {}),
      },
      {
        parent: server.scope,
        dependsOn: [
          server.ready,
          ...(at.ready === undefined ? [] : [at.ready]),
          ...server.madeAfterwards(),
          ...server.gateways().map(({ ready }) => ready),
        ],
      },
    );
  },
});
