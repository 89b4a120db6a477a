import net from "node:net";
import type { Declared, DeclaredPort } from "../declared/declared";
import { type AuditFinding, findingsOf } from "../finding";
import type { Met } from "../outside";

/** Whether a declared port is to answer on an address. */
const isMeant = ({ on }: DeclaredPort, address: string): boolean =>
  on === "anywhere" || (on !== "host" && on.address === address);

/** What this machine meets on a host's addresses, against the declared ports. */
export function exposureFindings(declared: Declared, met: readonly Met[]): AuditFinding[] {
  const finding = findingsOf(declared.host, "exposure");
  return met.flatMap(({ address, protocol, port, reached }) => {
    const subject = `${protocol}/${net.isIPv6(address) ? `[${address}]` : address}:${port}`;
    const meant = declared.ports.filter(
      (one) => one.protocol === protocol && one.port === port && isMeant(one, address),
    );
    if (reached === "open" && meant.length === 0)
      return [
        finding(subject, {
          expected: "no answer from outside",
          found: "an answer",
          mend: "see who listens there (make audit names it), and close it, or declare the port",
        }),
      ];
    // What listens anywhere may be filtered on one of the addresses.
    const due = meant.filter(
      ({ on, mayBeOff }) => !mayBeOff && (on !== "anywhere" || address === declared.publicAddress),
    );
    if (reached === "closed" && due.length > 0)
      return [
        finding(subject, {
          expected: `an answer from ${due.map(({ by }) => by).join(", ")}`,
          found: "none",
          mend: "make status; then look at the firewall of the host and of its provider",
        }),
      ];
    return [];
  });
}
