import { createHash, randomBytes, scryptSync, timingSafeEqual } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import http from "node:http";
import { Repositories } from "./repositories.mjs";

/**
 * The lab's stand-in for Zerobyte v0.16: its health, its page, its one account, made by whoever registers first, and repositories that
 * are there already. As there, all but the account's own requests ask nobody who he is.
 */
const PORT = 4096;
const FOLDER = "/var/lib/zerobyte/data";
const FILE = `${FOLDER}/account.json`;

mkdirSync(FOLDER, { recursive: true });

const repositories = new Repositories(FOLDER);

const account = () => (existsSync(FILE) ? JSON.parse(readFileSync(FILE, "utf8")) : undefined);

const digest = (password, salt) => scryptSync(password, salt, 32).toString("hex");

const json = (status, value, headers = {}) => ({ status, headers, body: JSON.stringify(value) });

function register({ username = "", password = "" }) {
  if (account() !== undefined) return json(400, { message: "Admin user already exists" });
  if (username.length < 3 || password.length < 8) return json(400, { message: "Name or password is too short" });
  const salt = randomBytes(16).toString("hex");
  writeFileSync(FILE, JSON.stringify({ username, salt, digest: digest(password, salt) }), { mode: 0o600 });
  return json(201, { success: true, user: { id: 1, username } });
}

function logIn({ username = "", password = "" }) {
  const known = account();
  const isRight =
    known?.username === username &&
    timingSafeEqual(Buffer.from(digest(password, known.salt)), Buffer.from(known.digest));
  if (!isRight) return json(401, { message: "Invalid credentials" });
  const session = createHash("sha256").update(randomBytes(32)).digest("hex");
  const headers = { "set-cookie": `session_id=${session}; HttpOnly; Path=/; SameSite=Lax` };
  return json(200, { success: true, user: { id: 1, username } }, headers);
}

const page = {
  status: 200,
  headers: { "content-type": "text/html" },
  body: "<!doctype html><title>Zerobyte</title>\n",
};

const ANSWERS = {
  "GET /healthcheck": () => json(200, { status: "ok" }),
  "GET /api/v1/auth/status": () => json(200, { hasUsers: account() !== undefined }),
  "POST /api/v1/auth/register": register,
  "POST /api/v1/auth/login": logIn,
  "GET /api/v1/volumes": () => json(200, []),
  "GET /api/v1/repositories": () => json(200, repositories.list()),
  "POST /api/v1/repositories": async (given) => told(await repositories.add(given)),
  "GET /api/v1/backups": () => json(200, []),
  "GET /": () => page,
};

const told = ({ status, body }) => json(status, body);

/** Requests about one repository: `/api/v1/repositories/<name>[/snapshots]`. */
function answerAbout(method, pathname) {
  const [, name, part] = /^\/api\/v1\/repositories\/([^/]+)(\/snapshots)?$/.exec(pathname) ?? [];
  if (name === undefined) return undefined;
  const repository = repositories.find(name);
  if (repository === undefined) return () => json(404, { message: "Repository not found" });
  if (method === "GET")
    return part === undefined
      ? () => json(200, repository)
      : async () => told(await repositories.snapshots(repository));
  if (method === "DELETE" && part === undefined)
    return () => repositories.remove(name) && json(200, { message: "Repository deleted" });
  return undefined;
}

const server = http.createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", async () => {
    const { pathname } = new URL(request.url, "http://zerobyte");
    const answer = ANSWERS[`${request.method} ${pathname}`] ?? answerAbout(request.method, pathname);
    const { status, headers, body } = (await answer?.(parsed(chunks))) ?? json(404, { message: "Not found" });
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(body);
  });
});

function parsed(chunks) {
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    return {};
  }
}

server.listen(PORT, "0.0.0.0");
process.on("SIGTERM", () => server.close(() => process.exit(0)));
