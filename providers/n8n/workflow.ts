import { createHash } from "node:crypto";
import type { Client } from "pg";

/** What a workflow does, as n8n exports it. */
export interface Definition {
  name: string;
  nodes: object[];
  connections: object;
  settings: object;
}

/**
 * Which version of a workflow runs. n8n keeps a draft, which the editor saves, apart from the published version:
 * `current` is the draft itself, `another` an older one.
 */
export type Published = "current" | "another" | "none";

/** A workflow as n8n's database has it. */
export interface Workflow {
  id: string;
  definition: Definition;
  published: Published;
}

interface Row extends Definition {
  id: string;
  versionId: string;
  activeVersionId: string | null;
}

/**
 * The workflow of that id or, without one, of that name. Archived ones are gone.
 * @throws when several have the name
 */
export async function findWorkflow(
  client: Client,
  { id, name }: { id: string | undefined; name: string },
): Promise<Workflow | undefined> {
  const { rows } = await client.query<Row>(
    `SELECT id, name, nodes, connections, settings, "versionId", "activeVersionId"
     FROM workflow_entity WHERE NOT "isArchived" AND (id = $1 OR name = $2)`,
    [id ?? "", name],
  );
  const known = rows.find((row) => row.id === id);
  const [found, ...others] = known === undefined ? rows : [known];
  if (others.length > 0)
    throw new Error(`expected one workflow named "${name}", found ${rows.length}: rename or archive the others in n8n`);
  return found === undefined ? undefined : described(found);
}

const described = ({ id, name, nodes, connections, settings, versionId, activeVersionId }: Row): Workflow => ({
  id,
  definition: { name, nodes, connections, settings },
  published: activeVersionId === null ? "none" : activeVersionId === versionId ? "current" : "another",
});

/** Stands for all of a workflow that a person can change. */
export const fingerprintOf = ({ definition, published }: Workflow): string =>
  createHash("sha256")
    .update(JSON.stringify(sorted({ definition, published })))
    .digest("hex");

/** The same value with the keys of all objects in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  );
}

/** Whether `found` says all that `wanted` says; n8n adds defaults of its own. */
export function covers(found: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted))
    return (
      Array.isArray(found) &&
      found.length === wanted.length &&
      wanted.every((member, index) => covers(found[index], member))
    );
  if (typeof wanted !== "object" || wanted === null) return found === wanted;
  if (typeof found !== "object" || found === null || Array.isArray(found)) return false;
  return Object.entries(wanted).every(([key, member]) => covers((found as Record<string, unknown>)[key], member));
}
