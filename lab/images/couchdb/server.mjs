import http from "node:http";
import express from "express";
import expressPouchdb from "express-pouchdb";
import PouchDB from "pouchdb-node";
import { Accounts, hashed, isOwn } from "./accounts.mjs";
import { iniFiles, readConfig } from "./ini.mjs";
import { isAdmin, Rights } from "./rights.mjs";

/**
 * The lab's stand-in for CouchDB 3.3: its HTTP interface as PouchDB implements it for documents, changes and replication,
 * and here what stands before it, which that implementation lacks: files of settings, logins, rights, origins, health.
 */
const VERSION = "3.3.3";
const DATA = "/opt/couchdb/data";

const config = readConfig(iniFiles(process.env.ERL_FLAGS ?? "", "/opt/couchdb/etc"));
const { chttpd = {}, cors = {}, couchdb = {} } = config;
const isOn = (setting) => setting === "true";
if (Object.keys(config.admins ?? {}).length === 0) {
  console.error("Admin Party: expected an administrator under [admins], found none");
  process.exit(1);
}

const Store = PouchDB.defaults({ prefix: `${DATA}/` });
const rights = new Rights(`${DATA}/security.json`);
const documents = expressPouchdb(Store, {
  mode: "minimumForPouchDB",
  overrideMode: { exclude: ["routes/root", "routes/session-stub"] },
  inMemoryConfig: true,
});
const users = new Store("_users");
const accounts = new Accounts(config.admins, users);

const refuse = (response, status, error, reason) => response.status(status).json({ error, reason });

/** The origins that may read answers, as browsers ask for it. A preflight has no login. */
function allowOrigins(request, response, next) {
  const { origin } = request.headers;
  if (!isOn(chttpd.enable_cors) || origin === undefined) return next();
  const allowed = (cors.origins ?? "").split(",").map((one) => one.trim());
  if (!allowed.includes(origin)) return next();
  response.set({ "Access-Control-Allow-Origin": origin, Vary: "Origin" });
  if (isOn(cors.credentials)) response.set("Access-Control-Allow-Credentials", "true");
  if (request.method !== "OPTIONS") return next();
  response.set("Access-Control-Allow-Methods", cors.methods ?? "GET, HEAD, POST");
  response.set("Access-Control-Allow-Headers", cors.headers ?? "");
  response.set("Access-Control-Max-Age", cors.max_age ?? "600");
  return response.status(204).end();
}

async function logIn(request, response, next) {
  const isHealth = request.path === "/_up" && isOn(chttpd.require_valid_user_except_for_up);
  const needed = isOn(chttpd.require_valid_user) || isOn(chttpd.require_valid_user_except_for_up);
  const user = await accounts.of(request.headers);
  if (user === undefined) return refuse(response, 401, "unauthorized", "Name or password is incorrect.");
  if (needed && !isHealth && user.name === null) {
    response.set("WWW-Authenticate", config.httpd?.["WWW-Authenticate"] ?? 'Basic realm="administrator"');
    return refuse(response, 401, "unauthorized", "Authentication required.");
  }
  request.user = user;
  return next();
}

/** What is the server's own. */
const server = express.Router();
server.get("/", (_request, response) =>
  response.json({ couchdb: "Welcome", version: VERSION, uuid: couchdb.uuid, vendor: { name: "the lab's stand-in" } }),
);
server.get("/_up", (_request, response) => response.json({ status: "ok", seeds: {} }));
server.get("/_session", ({ user }, response) =>
  response.json({ ok: true, userCtx: user, info: { authentication_handlers: ["default"], authenticated: "default" } }),
);
server.use(["/_all_dbs", "/_node"], (request, response, next) =>
  isAdmin(request.user) ? next() : refuse(response, 403, "forbidden", "You are not a server admin."),
);
server.get("/_node/:node/_config", (_request, response) => response.json(config));

/** Rights of a database, and who may use it. */
const databases = express.Router({ mergeParams: true });
databases.use("/:database", (request, response, next) => {
  const { user, method } = request;
  const { database } = request.params;
  if (database.startsWith("_") && database !== "_users") return next();
  const isWhole = request.path === "/" && ["PUT", "DELETE"].includes(method);
  if (isWhole && !isAdmin(user)) return refuse(response, 401, "unauthorized", "You are not a server admin.");
  if (isWhole && method === "DELETE") rights.set(database, undefined);
  const own = database === "_users" && isOwn(decodeURIComponent(request.path.slice(1)), user);
  if (!isWhole && !own && !rights.enters(user, database))
    return refuse(response, 403, "forbidden", "You are not allowed to access this db.");
  if (request.path.startsWith("/_design/") && method !== "GET" && !rights.administers(user, database))
    return refuse(response, 403, "forbidden", "You are not a db or server admin.");
  return next();
});
databases.get("/:database/_security", async (request, response, next) =>
  (await exists(request.params.database)) ? response.json(rights.of(request.params.database)) : next(),
);
databases.put("/:database/_security", express.json(), (request, response) => {
  const { database } = request.params;
  if (!rights.administers(request.user, database))
    return refuse(response, 401, "unauthorized", "You are not a db or server admin.");
  rights.set(database, request.body);
  return response.json({ ok: true });
});
databases.put("/_users/:id", express.json(), (request, _response, next) => {
  request.body = hashed(request.body);
  next();
});

const exists = async (database) => (await Store.allDbs()).includes(database);

const app = express();
app.disable("x-powered-by");
app.use(allowOrigins, logIn, server, databases, documents);

if (isOn(couchdb.single_node)) for (const name of ["_users", "_replicator"]) await new Store(name).info();
const listener = http.createServer(app).listen(Number(chttpd.port ?? 5984), chttpd.bind_address ?? "127.0.0.1");
process.on("SIGTERM", () => listener.close(() => process.exit(0)));
