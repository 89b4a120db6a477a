import type pg from "pg";
import type { Server } from "../../../providers/postgresql/session";

/** A PostgreSQL catalog that answers what the provider asks and notes what it changes. */
class Catalog {
  roles: Record<string, { verifier: string | null; canLogin: boolean }> = {};
  /** Roles whose rights a role has: as the superuser granted them, or `group by grantor`. */
  memberships: Record<string, string[]> = {};
  /** Owner by database. */
  databases: Record<string, string> = {};
  /** Statements that change something, in order. */
  changes: string[] = [];
  /** The last session's server and database. */
  session: { server: Server; database: string } | undefined;

  reset(): void {
    this.roles = {};
    this.memberships = {};
    this.databases = {};
    this.changes = [];
    this.session = undefined;
  }

  query = async (statement: string, [name = ""]: string[] = []): Promise<{ rows: object[] }> => {
    if (!statement.startsWith("SELECT")) {
      this.changes.push(statement);
      return { rows: [] };
    }
    return { rows: this.select(statement, name) };
  };

  private select(statement: string, name: string): object[] {
    const owner = this.databases[name];
    if (/FROM pg_database d JOIN pg_authid/.test(statement)) {
      const role = owner === undefined ? undefined : this.roles[owner];
      return role === undefined ? [] : [{ role: owner, ...role }];
    }
    if (/FROM pg_database/.test(statement)) return owner === undefined ? [] : [{ name: owner }];
    if (/FROM pg_auth_members/.test(statement)) return (this.memberships[name] ?? []).map(granted);
    if (/FROM pg_authid/.test(statement)) return this.roles[name] === undefined ? [] : [this.roles[name]];
    throw new Error(`the catalog knows no answer to ${statement}`);
  }
}

const granted = (membership: string): object => {
  const [name = "", grantor = "postgres"] = membership.split(" by ");
  return { name, grantor };
};

export const catalog = new Catalog();

jest.mock("../../../providers/postgresql/session", () => ({
  ...jest.requireActual<object>("../../../providers/postgresql/session"),
  withSession: (_host: unknown, server: Server, database: string, work: (client: object) => unknown) => {
    catalog.session = { server, database };
    const { escapeIdentifier, escapeLiteral } = jest.requireActual<typeof pg>("pg");
    return work({ query: catalog.query, escapeIdentifier, escapeLiteral });
  },
}));
