import "../without-sdk";
import { type CouchUserInputs, couchUserKind as kind } from "../../../../providers/resources/couch-user";
import { HttpContainer, type Received, type Reply } from "../http-container";

interface User {
  _rev: string;
  password: string;
  roles: string[];
}

/** CouchDB's users as its reference describes them: administrators write them, each logs in with his own. */
let users: Map<string, User>;
let couchdb: HttpContainer;
let inputs: CouchUserInputs;

const credentials = (headers: Received["headers"]): string[] =>
  Buffer.from(String(headers["authorization"]).slice("Basic ".length), "base64").toString().split(":");

function session(headers: Received["headers"]): Reply {
  const [name = "", password] = credentials(headers);
  const user = users.get(name);
  if (user?.password !== password) return { status: 401, body: { error: "unauthorized" } };
  return { status: 200, body: { userCtx: { name, roles: user?.roles } } };
}

function answer({ method, path, headers, body }: Received): Reply {
  if (path === "/_session") return session(headers);
  if (credentials(headers).join(":") !== "admin:s3cret") return { status: 401, body: { error: "unauthorized" } };
  const name = decodeURIComponent(path.replace(/^\/_users\/org\.couchdb\.user:/, "").replace(/\?.*$/, ""));
  const found = users.get(name);
  if (method === "GET") return found === undefined ? { status: 404 } : { status: 200, body: found };
  const rev = method === "DELETE" ? /\?rev=(.+)$/.exec(path)?.[1] : (body as User)._rev;
  if (rev !== found?._rev) return { status: 409, body: { error: "conflict" } };
  if (method === "DELETE") users.delete(name);
  else users.set(name, { ...(body as User), _rev: `${Number.parseInt(found?._rev ?? "0") + 1}-a` });
  return { status: 200, body: { ok: true } };
}

beforeAll(async () => {
  couchdb = await HttpContainer.start("vpn_couchdb");
  couchdb.reply = answer;
  inputs = {
    connection: couchdb.connection,
    server: { container: "vpn_couchdb", port: couchdb.port, user: "admin", password: "s3cret" },
    user: "obsidian-collector",
    password: "collects",
    roles: ["obsidian_vault-member"],
  };
});

afterAll(() => couchdb.stop());

beforeEach(() => {
  users = new Map();
  couchdb.forget();
});

test("a user is made with its role, and found right after that", async () => {
  expect(await kind.ensure(inputs)).toEqual(inputs);
  expect(users.get("obsidian-collector")).toMatchObject({ password: "collects", roles: ["obsidian_vault-member"] });
  expect(await kind.observe(inputs)).toEqual(inputs);
  couchdb.forget();
  await kind.ensure(inputs);
  expect(couchdb.changes()).toEqual([]);
});

test.each([
  ["another password", { password: "by hand" }, { password: "" }],
  ["more roles", { roles: ["_admin"] }, { roles: ["_admin"] }],
])("%s is seen and put right", async (_, by, seen) => {
  await kind.ensure(inputs);
  users.set("obsidian-collector", { ...(users.get("obsidian-collector") as User), ...by });
  expect(await kind.observe(inputs)).toEqual({ ...inputs, ...seen });
  await kind.ensure(inputs);
  expect(await kind.observe(inputs)).toEqual(inputs);
});

test("one that is gone is seen, and removing it succeeds", async () => {
  expect(await kind.observe(inputs)).toBeUndefined();
  await kind.remove(inputs);
  await kind.ensure(inputs);
  await kind.remove(inputs);
  expect(users.size).toBe(0);
});
