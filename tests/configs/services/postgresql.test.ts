import postgresql from "../../../platforms/vpai/services/postgresql";
import { contextWith } from "../../context";
import { ServiceContainer } from "./service-container";

jest.setTimeout(1_200_000);

const PASSWORD = `it's "quoted" $HOME \`id\` %s é`;
const container = new ServiceContainer(postgresql, contextWith({ runs: [postgresql] }), "postgres");

beforeAll(() => container.start({ superuser_password: PASSWORD }, "/var/lib/postgresql"));
afterAll(() => container.remove());

/** Rows of a query by way of the server's own socket. */
function rows(query: string): string[][] {
  const { code, stdout, stderr } = container.run(
    ["psql", "--username", "postgres", "-tAF|", "-v", "ON_ERROR_STOP=1"],
    query,
  );
  if (code !== 0) throw new Error(stderr);
  return stdout
    .trim()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split("|"));
}

test("every setting of the file is known to PostgreSQL, in force and without error", () => {
  const settings = rows(
    "SELECT name, setting, applied, coalesce(error, '') FROM pg_file_settings WHERE sourcefile = '/etc/postgresql/postgresql.conf' ORDER BY name",
  );
  expect(settings.length).toBeGreaterThan(8);
  expect(settings.filter(([, , applied, error]) => applied !== "t" || error !== "")).toEqual([]);
});

test("settings have the values that were meant", () => {
  const shown = (name: string): string | undefined => rows(`SHOW ${name}`)[0]?.[0];
  expect(
    ["shared_buffers", "max_connections", "password_encryption", "listen_addresses", "data_checksums"].map(shown),
  ).toEqual(["256MB", "100", "scram-sha-256", "*", "on"]);
});

test("the rules of who may connect are read without error, and are these", () => {
  expect(
    rows(
      "SELECT type, array_to_string(database, ','), array_to_string(user_name, ','), address, netmask, auth_method, error FROM pg_hba_file_rules ORDER BY rule_number",
    ),
  ).toEqual([
    ["local", "all", "all", "", "", "trust", ""],
    ["host", "all", "all", "127.0.0.1", "255.255.255.255", "scram-sha-256", ""],
    ["host", "all", "all", "::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "scram-sha-256", ""],
    ["host", "all", "all", "172.20.2.0", "255.255.255.0", "scram-sha-256", ""],
  ]);
});

/** A login over TCP with a password from standard input: never an argument. */
const overTcp = (password: string): { code: number; stderr: string } =>
  container.run(
    ["sh", "-c", 'PGPASSWORD=$(cat) exec psql --host 127.0.0.1 --username postgres -tAc "SELECT 1"'],
    password,
  );

test("over TCP the password of the secret's file is asked for, whatever it contains", () => {
  expect(overTcp(PASSWORD).code).toBe(0);
  const wrong = overTcp("wrong");
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("password authentication failed")]);
});

test("what PostgreSQL stores is a SCRAM verifier", () => {
  expect(rows("SELECT rolpassword FROM pg_authid WHERE rolname = 'postgres'")[0]?.[0]).toMatch(/^SCRAM-SHA-256\$4096:/);
});

test("it runs as its own user, and its log names no password", () => {
  expect(container.run(["id", "-u"]).stdout.trim()).toBe("999");
  expect(container.logs()).not.toMatch(/quoted|PANIC/);
});
