import { createHash, pbkdf2Sync } from "node:crypto";

/** Where Obsidian's apps on computers and phones say that they come from. */
const ORIGINS = ["app://obsidian.md", "capacitor://localhost", "http://localhost"];

/**
 * One node, a login for everything but the health check, and what LiveSync asks for
 * (`obsidian-livesync`, docs/setup_own_server.md): large documents, and its apps' origins.
 */
export const couchdbIni = (port: number): string =>
  ini({
    couchdb: { single_node: "true", max_document_size: "50000000" },
    chttpd: {
      bind_address: "0.0.0.0",
      port: String(port),
      require_valid_user: "true",
      require_valid_user_except_for_up: "true",
      enable_cors: "true",
      max_http_request_size: "4294967296",
    },
    chttpd_auth: { require_valid_user: "true" },
    httpd: { "WWW-Authenticate": 'Basic realm="couchdb"', enable_cors: "true" },
    cors: {
      credentials: "true",
      origins: ORIGINS.join(","),
      headers: "accept, authorization, content-type, origin, referer",
      methods: "GET, PUT, POST, HEAD, DELETE",
      max_age: "3600",
    },
  });

/** CouchDB 3.3's own number; the password is a random one of 190 bits, and each request is checked anew. */
const ROUNDS = 10;

/** The administrator, with a hash as CouchDB makes it: it would else write one into a file of its own. */
export function adminIni(user: string, password: string): string {
  // Equal in each run, as the file has to be.
  const salt = digest(`couchdb salt ${password}`).slice(0, 32);
  const hash = pbkdf2Sync(password, salt, ROUNDS, 20, "sha1").toString("hex");
  return ini({ admins: { [user]: `-pbkdf2-${hash},${salt},${ROUNDS}` } });
}

/** The server's number and its signing key: made anew, they end all sessions and have all clients start from nothing. */
export const identityIni = (secret: string): string =>
  ini({ couchdb: { uuid: digest(`couchdb uuid ${secret}`).slice(0, 32) }, chttpd_auth: { secret } });

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");

const ini = (sections: Readonly<Record<string, Readonly<Record<string, string>>>>): string =>
  Object.entries(sections)
    .map(([name, settings]) =>
      [`[${name}]`, ...Object.entries(settings).map((pair) => pair.join(" = ")), ""].join("\n"),
    )
    .join("\n");
