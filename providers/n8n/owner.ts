import type { Client } from "pg";

/** The owner's account as n8n keeps it. */
export interface OwnerRow {
  id: string;
  email: string | null;
  /** As bcrypt has it; null while the account belongs to nobody. */
  password: string | null;
}

/** Rounds of bcrypt that n8n 2.7 takes (`services/password.utility.js`). */
const ROUNDS = 10;

/** The account with the role of the owner, which n8n's first start makes; undefined where there is none yet. */
export async function findOwner(client: Client): Promise<OwnerRow | undefined> {
  const { rows } = await client.query<OwnerRow>(
    `SELECT id, email, password FROM "user" WHERE "roleSlug" = 'global:owner' ORDER BY "createdAt" LIMIT 1`,
  );
  return rows[0];
}

/** Whether a password is the one that a hash was made of. */
export async function isPasswordOf(password: string, hash: string): Promise<boolean> {
  const { compare } = (await import("bcryptjs")).default;
  return compare(password, hash);
}

/**
 * Gives the owner's account an address and a password, as n8n's own set-up does. That request has rules for new passwords,
 * which one that a person brings along may not meet; the login has none.
 */
export async function claim(client: Client, id: string, email: string, password: string): Promise<void> {
  const { hash } = (await import("bcryptjs")).default;
  await client.query(
    `UPDATE "user" SET email = $2, password = $3, "firstName" = COALESCE("firstName", 'Owner'),
     "lastName" = COALESCE("lastName", ''), "lastActiveAt" = COALESCE("lastActiveAt", CURRENT_DATE) WHERE id = $1`,
    [id, email.toLowerCase(), await hash(password, ROUNDS)],
  );
  await client.query(`UPDATE settings SET value = 'true' WHERE key = 'userManagement.isInstanceOwnerSetUp'`);
}
