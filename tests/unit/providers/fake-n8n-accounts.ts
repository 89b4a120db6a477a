/** n8n's table of accounts and its setting, as far as its set-up writes them. */
export const n8n = {
  owner: undefined as
    { id: string; email: string | null; password: string | null; firstName: string | null } | undefined,
  isSetUp: false,
  writes: 0,
};

function query(statement: string, values: string[] = []): { rows: object[] } {
  if (statement.startsWith("SELECT")) return { rows: n8n.owner === undefined ? [] : [{ ...n8n.owner }] };
  n8n.writes += 1;
  if (statement.includes("isInstanceOwnerSetUp")) n8n.isSetUp = true;
  const [id, email, password] = values;
  if (n8n.owner !== undefined && n8n.owner.id === id)
    Object.assign(n8n.owner, { email, password, firstName: n8n.owner.firstName ?? "Owner" });
  return { rows: [] };
}

jest.mock("../../../providers/postgresql/session", () => ({
  ...jest.requireActual<object>("../../../providers/postgresql/session"),
  withSession: (_host: unknown, _server: unknown, database: string, work: (client: object) => unknown) => {
    expect(database).toBe("n8n");
    return work({ query: (statement: string, values?: string[]) => Promise.resolve(query(statement, values)) });
  },
}));
