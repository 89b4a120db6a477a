import { isLoopback } from "../addresses";
import type { Declared, DeclaredPort } from "../declared/declared";
import { type AuditFinding, findingsOf } from "../finding";
import type { Seen, SeenListener } from "../look/seen";

/** Folders of what packages have the host run. */
const OF_PACKAGES = /^\/(usr\/)?lib\/systemd\/system\//;

/** Clients of the system that have a port to be answered on. */
const SYSTEM: readonly Pick<DeclaredPort, "protocol" | "port" | "by">[] = [
  { protocol: "udp", port: 68, by: "the client of DHCP" },
  { protocol: "udp", port: 546, by: "the client of DHCPv6" },
];

/** Where Docker's resolver answers in a container of a network of its own, which a lab machine is. */
const RESOLVER = "127.0.0.11";

/** What is everybody's of a host's addresses. */
const isEverywhere = (address: string): boolean => ["*", "0.0.0.0", "::"].includes(address);

function isDeclared({ protocol, address, port }: SeenListener, ports: readonly DeclaredPort[]): boolean {
  return ports.some((one) => {
    if (one.protocol !== protocol || one.port !== port) return false;
    if (one.on === "anywhere") return true;
    if (one.on === "host") return isLoopback(address);
    return address === one.on.address;
  });
}

/** The node of the VPN, which talks to others on ports that it chooses itself. */
const isNode = ({ program, protocol, address }: SeenListener, { vpnAddress }: Declared): boolean =>
  program === "tailscaled" && vpnAddress !== undefined && (protocol === "udp" || !isEverywhere(address));

/** Whether it is for the host's own programs, and started by a package or the platform. */
const isInside = ({ address, unit = "", unitFile = "" }: SeenListener, { units }: Declared): boolean =>
  isLoopback(address) && (units.has(unit) || OF_PACKAGES.test(unitFile));

/** Who listens on a host, against what the platform lets be reached. */
export function listenerFindings(declared: Declared, { listeners }: Pick<Seen, "listeners">): AuditFinding[] {
  const finding = findingsOf(declared.host, "listener");
  return listeners
    .filter(
      (one) =>
        !isDeclared(one, declared.ports) &&
        !isInside(one, declared) &&
        !isNode(one, declared) &&
        !(one.address === RESOLVER && one.program === "") &&
        !SYSTEM.some(({ protocol, port }) => one.protocol === protocol && one.port === port),
    )
    .map(({ protocol, address, port, program, unit }) => {
      const who = [program || "an unknown program", ...(unit === undefined ? [] : [`of ${unit}`])].join(" ");
      return finding(`${protocol}/${address}:${port}`, {
        expected: "no listener beyond the declared ports",
        found: `${who} on ${address} port ${port}, ${protocol.toUpperCase()}`,
        mend:
          unit === undefined ? `end it: fuser -k ${port}/${protocol}` : `stop and disable ${unit}, or declare the port`,
      });
    });
}
