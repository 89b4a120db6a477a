import type { Client } from "pg";

/** That a role has another one's rights, as one of the server's roles has granted it. */
export interface Membership {
  group: string;
  /** Each grants for itself (PostgreSQL 16 and newer): one membership may be there several times. */
  grantor: string;
}

/** The memberships of a role. */
export async function membershipsOf(client: Client, role: string): Promise<Membership[]> {
  const { rows } = await client.query<{ name: string; grantor: string }>(
    `SELECT pg_get_userbyid(roleid) AS name, pg_get_userbyid(grantor) AS grantor
     FROM pg_auth_members WHERE pg_get_userbyid(member) = $1`,
    [role],
  );
  return rows.map(({ name, grantor }) => ({ group: name, grantor }));
}

/** Grants a role what it lacks of `wanted`, and revokes all else, whoever granted it. */
export async function ensureMemberships(client: Client, role: string, wanted: readonly string[]): Promise<void> {
  const held = await membershipsOf(client, role);
  const member = client.escapeIdentifier(role);
  for (const group of wanted.filter((name) => !held.some((membership) => membership.group === name)))
    await client.query(`GRANT ${client.escapeIdentifier(group)} TO ${member}`);
  for (const { group, grantor } of held.filter((membership) => !wanted.includes(membership.group)))
    await client.query(
      `REVOKE ${client.escapeIdentifier(group)} FROM ${member} GRANTED BY ${client.escapeIdentifier(grantor)}`,
    );
}
