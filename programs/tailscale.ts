import { headscaleNode } from "../capabilities/headscale";
import { gatewayOf } from "../model/peers";
import type { ServiceContext } from "../model/context";
import type { Service, UnitService } from "../model/service";
import { hostnameOf } from "../model/site";

/** The image that has the programs; their version is its tag's. */
const SOURCE = {
  kind: "image",
  reference: "docker.io/tailscale/tailscale:v1.84.2",
  path: "/usr/local/bin/.",
} as const;
const VERSION = SOURCE.reference.replace(/^.*:v/, "");
const PROGRAM = "tailscale";
const COMMAND = `/usr/local/bin/${PROGRAM}`;

/** Tailscale's own choice, by which nodes find each other directly. A host's firewall has it open wherever there is a VPN address. */
const PORT = 41_641;

/** Root certificates that it trusts where the server's is of no public authority. */
const AUTHORITIES = "/var/lib/tailscale/authorities.pem";

/** What differs between the nodes of a platform. */
interface NodeArgs {
  /** Unique in the platform. */
  name: string;
  group: string;
  /** Its name in the VPN. */
  node: string;
  /** The platform's Headscale. */
  server: Pick<Service, "name" | "expose">;
}

/**
 * A host as a node of the platform's VPN: Tailscale's daemon under the name that its packages give it, with their folder of state, so
 * that a host which was a node before stays the same one. The host's own resolver is left alone (docs/decisions/vpn-nodes.md).
 */
export function tailscale({ name, group, node, server }: NodeArgs): UnitService {
  const [site] = server.expose ?? [];
  if (site === undefined) throw new Error(`${server.name}: expected a site that nodes come to, found none`);
  return {
    name,
    group,
    beside: [server.name],
    runsOn: ({ vpnAddress }, { vpnNodes }) => vpnAddress !== undefined && vpnNodes === true,
    run: {
      program: {
        name: PROGRAM,
        version: VERSION,
        source: SOURCE,
        commands: { [PROGRAM]: PROGRAM },
      },
      exec: [
        "{tailscale}/tailscaled",
        "--state=/var/lib/tailscale/tailscaled.state",
        "--socket=/run/tailscale/tailscaled.sock",
        `--port=${PORT}`,
        "--no-logs-no-support",
      ],
      type: "notify",
      unit: "tailscaled",
      sandbox: {
        // Its interface, the routes and the packet filter's rules for it.
        CapabilityBoundingSet: "CAP_NET_ADMIN CAP_NET_RAW",
        PrivateDevices: "no",
        DevicePolicy: "closed",
        DeviceAllow: "/dev/net/tun rw",
        StateDirectory: "tailscale",
        StateDirectoryMode: "0700",
        RuntimeDirectory: "tailscale",
      },
    },
    user: { uid: 0, gid: 0 },
    extraHosts: (context) => addressOfServer(context, site.subdomain),
    environment: ({ tls }) => ({
      GOMEMLIMIT: "80MiB",
      ...(tls === "internal" ? { SSL_CERT_FILE: AUTHORITIES } : {}),
    }),
    limits: { memoryMiB: 96, cpus: 0.5 },
    partOfSystem: true,
    // That it is no member of the VPN any more, its node tells.
    health: { test: [`{${PROGRAM}}/${PROGRAM}`, "version", "--daemon"] },
    version: { test: [`{${PROGRAM}}/${PROGRAM}`, "version"], pattern: "^(\\d+\\.\\d+\\.\\d+)" },
    uses: [
      headscaleNode.request(
        { node, user: "hosts", command: COMMAND, unit: "tailscaled.service", site, authorities: AUTHORITIES },
        { from: server.name, beside: [server.name] },
      ),
    ],
  };
}

/** In a lab no resolver knows the domain. */
function addressOfServer(context: ServiceContext, subdomain: string): Record<string, string> {
  const address = context.tls === "internal" ? gatewayOf(context, { subdomain }) : undefined;
  return address === undefined ? {} : { [hostnameOf({ subdomain }, context.domain)]: address };
}
