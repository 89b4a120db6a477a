import { knownNodes, reach, Transport } from "@vpai/providers";
import { SECONDS } from "../reach/probe";
import type { DeployedHost } from "../stack/hosts";
import { containerFindings } from "./checks/containers";
import { networkFindings, volumeFindings } from "./checks/docker-objects";
import { engineFindings, sshdFindings, sysctlFindings } from "./checks/effective";
import { exposureFindings } from "./checks/exposure";
import { hardeningFindings } from "./checks/hardening";
import { listenerFindings } from "./checks/listeners";
import { nodeFindings, untoldNodes } from "./checks/nodes";
import { keyFindings, userFindings } from "./checks/people";
import { rightsFindings } from "./checks/rights";
import { selfStartingFindings } from "./checks/self-starting";
import { adminFindings, siteFindings } from "./checks/sites";
import type { Declared } from "./declared/declared";
import { type AcceptedFinding, type AuditFinding, judged } from "./finding";
import { layerFindings } from "./layers";
import { look } from "./look";
import { meet } from "./outside";
import type { Seen } from "./look/seen";
import { seeSites } from "./sites";

/** What an audit has found out about a host. */
export interface AuditedHost {
  name: string;
  /** `audited`; `deferred`: it is away, and may be; `failed`: it is away or refuses us, or did not tell. */
  state: "audited" | "deferred" | "failed";
  /** Why it was not audited. */
  why?: string;
  findings: readonly AuditFinding[];
  accepted: readonly AcceptedFinding[];
}

/** Checks that need nothing but one look at the host. */
const INSIDE: readonly ((declared: Declared, seen: Seen) => AuditFinding[])[] = [
  containerFindings,
  hardeningFindings,
  networkFindings,
  volumeFindings,
  listenerFindings,
  userFindings,
  keyFindings,
  selfStartingFindings,
  sshdFindings,
  sysctlFindings,
  engineFindings,
  rightsFindings,
  adminFindings,
];

/** Compares a host with what is declared of it. */
export async function auditOf(declared: Declared, { unreachable = "fail" }: DeployedHost): Promise<AuditedHost> {
  const { host: name, connection } = declared;
  const reached = await reach(connection, SECONDS[unreachable]);
  if (reached.outcome !== "reached") {
    const mayBe = reached.outcome === "away" && unreachable === "defer";
    return { name, state: mayBe ? "deferred" : "failed", why: reached.why, findings: [], accepted: [] };
  }
  const transport = new Transport(connection);
  try {
    return { name, state: "audited", ...judged(await findingsOn(transport, declared), declared.exceptions) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { name, state: "failed", why, findings: [], accepted: [] };
  } finally {
    transport.close();
  }
}

async function findingsOn(host: Transport, declared: Declared): Promise<AuditFinding[]> {
  const seen = await look(host, declared);
  const [met, sites] = await Promise.all([meet(declared, seen), seeSites(host, declared.sites)]);
  return [
    ...INSIDE.flatMap((check) => check(declared, seen)),
    ...exposureFindings(declared, met),
    ...siteFindings(declared, sites),
    ...(await nodesFound(declared)),
    ...(await layerFindings(declared.host, declared.layers)),
  ];
}

async function nodesFound(declared: Declared): Promise<AuditFinding[]> {
  const { connection, coordinator } = declared;
  if (coordinator === undefined) return [];
  return knownNodes({ connection, server: coordinator.server }).then(
    (nodes) => nodeFindings(declared, nodes),
    (why: Error) => untoldNodes(declared, why),
  );
}
