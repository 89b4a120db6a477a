import { isDeepStrictEqual } from "node:util";
import type { Definition } from "../../../providers/n8n/workflow";
import type { Received, Reply } from "./http-container";

export interface Row extends Definition {
  id: string;
  versionId: string;
  activeVersionId: string | null;
}

/** A credential as n8n keeps it; `held` is what it was given, which no table shows. */
interface Kept {
  id: string;
  name: string;
  type: string;
  /** Encrypted: another text with each saving. */
  data: string;
  held: unknown;
}

/** n8n as its public API's handlers work: a draft with a version, and perhaps a published one. */
export const n8n = {
  workflows: [] as Row[],
  credentials: [] as Kept[],
  apiKeys: [] as string[],
  owner: true,
  versions: 0,
  /** API requests that find nothing yet, as n8n starts, or that it is not ready. */
  starting: 0,
  whileStarting: 404,
};

export const nextVersion = (): string => `version ${(n8n.versions += 1)}`;

function query(statement: string, values: string[] = []): { rows: object[]; rowCount: number } {
  if (statement.includes("FROM workflow_entity")) {
    const rows = n8n.workflows.filter(({ id, name }) => id === values[0] || name === values[1]);
    return { rows: structuredClone(rows), rowCount: rows.length };
  }
  if (statement.includes("FROM credentials_entity")) {
    const [wanted, name, type] = values;
    const rows = n8n.credentials.filter((one) => one.id === wanted || (one.name === name && one.type === type));
    return { rows: rows.map(({ id, name, type, data }) => ({ id, name, type, data })), rowCount: rows.length };
  }
  if (statement.includes("INSERT INTO user_api_keys")) {
    if (n8n.owner) n8n.apiKeys.push(values[2] ?? "");
    return { rows: [], rowCount: n8n.owner ? 1 : 0 };
  }
  if (statement.includes("DELETE FROM user_api_keys WHERE id")) n8n.apiKeys = [];
  return { rows: [], rowCount: 0 };
}

jest.mock("../../../providers/postgresql/session", () => ({
  ...jest.requireActual<object>("../../../providers/postgresql/session"),
  withSession: (_host: unknown, _server: unknown, database: string, work: (client: object) => unknown) => {
    expect(database).toBe("n8n");
    return work({ query: (statement: string, values?: string[]) => Promise.resolve(query(statement, values)) });
  },
}));

/** What the public API answers. */
export function answer({ method, path, headers, body }: Received): Reply {
  if (n8n.starting > 0) {
    n8n.starting -= 1;
    return { status: n8n.whileStarting };
  }
  if (!n8n.apiKeys.includes(String(headers["x-n8n-api-key"]))) return { status: 401 };
  if (path.startsWith("/api/v1/credentials")) return ofCredentials(method, path.split("/")[4], body);
  const [, id, verb] = /^\/api\/v1\/workflows\/?(\w*)\/?(\w*)/.exec(path) ?? [];
  const row = n8n.workflows.find((candidate) => candidate.id === id);
  const sent = body as Definition;
  if (method === "GET") return { status: 200, body: { data: [] } };
  if (id === "") {
    const made = {
      ...withDefaults(sent),
      id: `w${n8n.workflows.length}`,
      versionId: nextVersion(),
      activeVersionId: null,
    };
    n8n.workflows.push(made);
    return { status: 200, body: made };
  }
  if (row === undefined) return { status: 404 };
  if (method === "PUT") save(row, sent);
  else row.activeVersionId = verb === "activate" ? row.versionId : null;
  return { status: 200, body: row };
}

/** Credentials are encrypted when they are saved, and never told. */
function ofCredentials(method: string, id: string | undefined, body: unknown): Reply {
  const { data: held, ...named } = (body ?? {}) as { name: string; type: string; data: unknown };
  const sent = { ...named, held, data: `encrypted ${nextVersion()}` };
  if (id === undefined) {
    n8n.credentials.push({ ...sent, id: `c${n8n.credentials.length}` });
    return { status: 200, body: { id: `c${n8n.credentials.length - 1}` } };
  }
  const kept = n8n.credentials.find((one) => one.id === id);
  if (kept === undefined) return { status: 404 };
  if (method === "DELETE") n8n.credentials.splice(n8n.credentials.indexOf(kept), 1);
  else Object.assign(kept, sent);
  return { status: 200, body: { id } };
}

/** n8n adds settings of its own. */
const withDefaults = (sent: Definition): Definition => ({
  ...structuredClone(sent),
  settings: { callerPolicy: "workflowsFromSameOwner", ...sent.settings },
});

function save(row: Row, sent: Definition): void {
  const active = row.activeVersionId !== null;
  if (!isDeepStrictEqual(row.nodes, sent.nodes)) row.versionId = nextVersion();
  Object.assign(row, withDefaults(sent));
  if (active) row.activeVersionId = row.versionId;
}
