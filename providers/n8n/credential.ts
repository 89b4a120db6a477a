import { createHash } from "node:crypto";
import type { Client } from "pg";

/** A credential as n8n's database has it: what it holds is encrypted with n8n's key, which we do not use. */
export interface Credential {
  id: string;
  name: string;
  type: string;
  /** Stands for all of it that a person can change; n8n encrypts anew, and so differently, with each saving. */
  fingerprint: string;
}

interface Row {
  id: string;
  name: string;
  type: string;
  data: string;
}

/**
 * The credential of that id or, without one, of that name and type: n8n itself looks for it by both.
 * @throws when several have the name
 */
export async function findCredential(
  client: Client,
  { id, name, type }: { id: string | undefined; name: string; type: string },
): Promise<Credential | undefined> {
  const { rows } = await client.query<Row>(
    "SELECT id, name, type, data FROM credentials_entity WHERE id = $1 OR (name = $2 AND type = $3)",
    [id ?? "", name, type],
  );
  const known = rows.find((row) => row.id === id);
  const [found, ...others] = known === undefined ? rows : [known];
  if (others.length > 0)
    throw new Error(
      `expected one credential named "${name}" of type ${type}, found ${rows.length}: rename or delete the others in n8n`,
    );
  return found === undefined ? undefined : described(found);
}

const described = ({ id, name, type, data }: Row): Credential => ({
  id,
  name,
  type,
  fingerprint: createHash("sha256").update([name, type, data].join("\0")).digest("hex"),
});
