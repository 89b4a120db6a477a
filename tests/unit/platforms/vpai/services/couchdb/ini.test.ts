import { adminIni, couchdbIni, identityIni } from "../../../../../../platforms/vpai/services/couchdb/ini";

/** What LiveSync asks of a server (obsidian-livesync, docs/setup_own_server.md). */
const LIVESYNC = [
  ["chttpd", "require_valid_user = true"],
  ["chttpd", "enable_cors = true"],
  ["chttpd", "max_http_request_size = 4294967296"],
  ["chttpd_auth", "require_valid_user = true"],
  ["httpd", 'WWW-Authenticate = Basic realm="couchdb"'],
  ["httpd", "enable_cors = true"],
  ["couchdb", "max_document_size = 50000000"],
  ["cors", "credentials = true"],
  ["cors", "origins = app://obsidian.md,capacitor://localhost,http://localhost"],
] as const;

const sections = (text: string): Record<string, string[]> =>
  Object.fromEntries(
    text
      .split("[")
      .slice(1)
      .map((part) => [part.slice(0, part.indexOf("]")), part.split("\n").slice(1)]),
  );

test.each(LIVESYNC)("[%s] %s", (section, line) => {
  expect(sections(couchdbIni(5984))[section]).toContain(line);
});

test("the health check needs no login, everything else does", () => {
  expect(sections(couchdbIni(5984))["chttpd"]).toContain("require_valid_user_except_for_up = true");
});

test("the administrator stands as a hash that is the same each time", () => {
  // python3 -c 'import hashlib; print(hashlib.pbkdf2_hmac("sha1", b"geheim", b"<salt>", 10).hex())'
  expect(adminIni("admin", "geheim")).toBe(
    "[admins]\nadmin = -pbkdf2-5cc623885f49f10469d2229fcc92c15d7ec33c67,ecd50e1f2fb1399d1139c63d818abba3,10\n",
  );
});

test("the server's number has 32 hexadecimal digits and follows from its secret", () => {
  const [uuid] = /uuid = (\w+)/.exec(identityIni("one"))?.slice(1) ?? [];
  expect(uuid).toMatch(/^[0-9a-f]{32}$/);
  expect(identityIni("one")).toContain(`uuid = ${uuid ?? ""}\n\n[chttpd_auth]\nsecret = one\n`);
  expect(identityIni("two")).not.toContain(uuid);
});
