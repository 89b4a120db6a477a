import { HeadscaleKey, HeadscalePolicy, HeadscaleUser } from "@vpai/providers";
import { containerOf, defineCapability, type Running } from "../model/capability";
import type { ServiceContext } from "../model/context";

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

/** Who may reach what. */
interface Ruling {
  /** Text of the policy's file. */
  of: (context: ServiceContext) => string;
  /** Port on which the server tells what it goes by. */
  port: number;
}

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
