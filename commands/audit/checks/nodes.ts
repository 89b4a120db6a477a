import type { KnownNode } from "@vpai/providers";
import type { Declared } from "../declared";
import { type AuditFinding, findingsOf } from "../finding";

/** Nodes of the VPN that nobody declared. */
export function nodeFindings(declared: Declared, nodes: readonly KnownNode[]): AuditFinding[] {
  const finding = findingsOf(declared.host, "node");
  return nodes
    .filter(({ name }) => declared.coordinator?.nodes.has(name) !== true)
    .map(({ user, name, addresses }) =>
      finding(name, {
        expected: "no node of the VPN that the platform does not have",
        found: `a node of ${user || "nobody"}, ${addresses.join(" and ") || "without an address"}`,
        mend: `headscale nodes list, then headscale nodes delete, in ${declared.coordinator?.server.container ?? ""}`,
      }),
    );
}
