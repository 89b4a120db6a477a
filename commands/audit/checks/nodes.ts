import type { KnownNode } from "@vpai/providers";
import type { Declared } from "../declared/declared";
import { type AuditFinding, findingsOf } from "../finding";

/** Nodes of the VPN that nobody declared, or that are another user's. */
export function nodeFindings(declared: Declared, nodes: readonly KnownNode[]): AuditFinding[] {
  const finding = findingsOf(declared.host, "node");
  return nodes
    .filter(({ name, user }) => declared.coordinator?.nodes.get(name) !== user)
    .map(({ user, name, addresses }) =>
      finding(name, {
        expected: expectedOf(declared.coordinator?.nodes.get(name)),
        found: `a node of ${user || "nobody"}, ${addresses.join(" and ") || "without an address"}`,
        mend: `headscale nodes list, then headscale nodes delete, in ${declared.coordinator?.server.container ?? ""}`,
      }),
    );
}

/** That the server does not tell its nodes, as one that does not run. */
export const untoldNodes = (declared: Declared, why: Error): AuditFinding[] => [
  findingsOf(declared.host, "node")(declared.coordinator?.server.container ?? "", {
    expected: "a server of the VPN that tells its nodes",
    found: why.message,
    mend: "make status, then make up",
  }),
];

const expectedOf = (user: string | undefined): string =>
  user === undefined ? "no node of the VPN that the platform does not have" : `a node of ${user}, as it is declared`;
