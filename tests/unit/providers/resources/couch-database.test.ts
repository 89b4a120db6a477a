import "../without-sdk";
import { type CouchDatabaseInputs, couchDatabaseKind as kind } from "../../../../providers/resources/couch-database";
import { HttpContainer, type Received, type Reply } from "../http-container";

/** CouchDB as its reference describes it: databases with rights, and users who log in. */
let databases: Map<string, object>;
let users: Map<string, { password: string; roles: string[]; _rev: string }>;
let couch: HttpContainer;
let inputs: CouchDatabaseInputs;

const CLOSED = { members: { roles: ["_admin"] }, admins: { roles: ["_admin"] } };

function answer({ method, path, headers, body }: Received): Reply {
  const [name = "", password = ""] = Buffer.from(String(headers.authorization).slice(6), "base64")
    .toString()
    .split(":");
  const isAdmin = name === "admin" && password === "s3cret";
  const user = users.get(name);
  if (!isAdmin && user?.password !== password) return { status: 401, body: { error: "unauthorized" } };
  if (path === "/_session")
    return { status: 200, body: { userCtx: { name, roles: isAdmin ? ["_admin"] : user?.roles } } };
  const [, database = "", part] = path.split("/").map(decodeURIComponent);
  if (database === "_users") return inUsers(method, part?.replace("org.couchdb.user:", "") ?? "", body);
  const rights = databases.get(database);
  if (method === "PUT" && part === undefined) {
    databases.set(database, CLOSED);
    return { status: 201, body: { ok: true } };
  }
  if (rights === undefined) return { status: 404, body: { error: "not_found" } };
  if (part !== "_security") return { status: 200, body: { db_name: database } };
  if (method === "PUT") databases.set(database, body as object);
  return { status: 200, body: databases.get(database) };
}

function inUsers(method: string, name: string, body: unknown): Reply {
  const found = users.get(name);
  if (method === "GET") return found === undefined ? { status: 404 } : { status: 200, body: found };
  const { password, roles, _rev } = body as { password: string; roles: string[]; _rev?: string };
  if (found?._rev !== _rev) return { status: 409, body: { error: "conflict" } };
  users.set(name, { password, roles, _rev: `${Number(_rev ?? 0) + 1}` });
  return { status: 201, body: { ok: true } };
}

beforeAll(async () => {
  couch = await HttpContainer.start("vpn_couchdb");
  couch.reply = answer;
  inputs = {
    connection: couch.connection,
    server: { container: "vpn_couchdb", port: couch.port, user: "admin", password: "s3cret" },
    database: "obsidian_vault",
    user: "obsidian",
    password: "n0tes",
    security: { admins: { names: [], roles: ["_admin"] }, members: { names: ["obsidian"], roles: [] } },
  };
});

afterAll(() => couch.stop());

beforeEach(() => {
  databases = new Map();
  users = new Map();
  couch.forget();
});

test("database, user and rights are made, found, and then left alone", async () => {
  expect(await kind.observe(inputs)).toBeUndefined();
  expect(await kind.ensure(inputs)).toEqual(inputs);
  expect(databases.get("obsidian_vault")).toEqual(inputs.security);
  expect(users.get("obsidian")).toMatchObject({ password: "n0tes", roles: [] });
  expect(await kind.observe(inputs)).toEqual(inputs);
  couch.forget();
  await kind.ensure(inputs);
  expect(couch.changes()).toEqual([]);
});

test("other rights are seen and set back", async () => {
  await kind.ensure(inputs);
  databases.set("obsidian_vault", { admins: { names: ["mallory"] } });
  expect((await kind.observe(inputs))?.security).toEqual({
    admins: { names: ["mallory"], roles: [] },
    members: { names: [], roles: [] },
  });
  couch.forget();
  await kind.ensure(inputs, inputs);
  expect(couch.changes()).toEqual(["PUT /obsidian_vault/_security"]);
});

test.each([
  ["another password", { password: "other", roles: [] }],
  ["a role", { password: "n0tes", roles: ["_admin"] }],
])("a user with %s is seen and set back", async (_what, changed) => {
  await kind.ensure(inputs);
  users.set("obsidian", { ...changed, _rev: "7" });
  expect((await kind.observe(inputs))?.password).toBe("");
  couch.forget();
  await kind.ensure(inputs, inputs);
  expect(couch.changes()).toEqual(["PUT /_users/org.couchdb.user:obsidian"]);
  expect(users.get("obsidian")).toMatchObject({ password: "n0tes", roles: [] });
});

test("what is gone with its documents is made anew only when told so, and nothing is ever deleted", async () => {
  const refuse = (): never => {
    throw new Error("not told");
  };
  await expect(kind.ensure(inputs, inputs, refuse)).rejects.toThrow("not told");
  expect(databases.size).toBe(0);
  await kind.ensure(inputs);
  await kind.remove(inputs);
  expect(databases.size).toBe(1);
});

test("a name that CouchDB refuses is refused before it is asked", () => {
  expect(kind.check?.({ ...inputs, database: "Vault" })).toEqual([
    { property: "database", reason: expect.stringContaining("found Vault") as unknown },
  ]);
});
