import "../without-sdk";
import { catalog } from "../fake-session";
import { scramVerifier, verifies } from "../../../../providers/postgresql/scram";
import { type PostgresDatabaseInputs, postgresDatabaseKind } from "../../../../providers/resources/postgres-database";

const PASSWORD = `it's "quoted" $x \`id\` %s é`;

const INPUTS: PostgresDatabaseInputs = {
  connection: { host: "203.0.113.1", port: 22, user: "root", hostKey: "ssh-ed25519 AAAA" },
  server: { container: "vpai_postgresql", superuser: "postgres", password: "s3cret of postgres" },
  database: "n8n",
  role: "n8n",
  password: PASSWORD,
  memberOf: [],
};

const kind = postgresDatabaseKind;

beforeEach(() => catalog.reset());

describe("ensure", () => {
  test("makes the role with the verifier of its password, then its database, closed to others", async () => {
    expect(await kind.ensure(INPUTS)).toEqual(INPUTS);
    expect(catalog.session).toEqual({ server: INPUTS.server, database: "postgres" });
    const [role = "", ...others] = catalog.changes;
    const verifier = /^CREATE ROLE "n8n" LOGIN PASSWORD '(SCRAM-SHA-256\$4096:[^']+)'$/.exec(role)?.[1] ?? "";
    expect(verifies(verifier, PASSWORD)).toBe(true);
    expect(others).toEqual([
      'CREATE DATABASE "n8n" OWNER "n8n"',
      'REVOKE CONNECT, TEMPORARY ON DATABASE "n8n" FROM PUBLIC',
    ]);
  });

  test("no statement that the server could log holds a password", async () => {
    await kind.ensure(INPUTS);
    expect(catalog.changes.join()).not.toMatch(/it's|it''s|quoted|s3cret/);
  });

  test("adopts what is right already", async () => {
    catalog.roles = { n8n: { verifier: scramVerifier(PASSWORD), canLogin: true } };
    catalog.databases = { n8n: "n8n" };
    await kind.ensure(INPUTS);
    expect(catalog.changes).toEqual(['REVOKE CONNECT, TEMPORARY ON DATABASE "n8n" FROM PUBLIC']);
  });

  test.each([
    ["another password", { verifier: scramVerifier("old"), canLogin: true }],
    ["no password", { verifier: null, canLogin: true }],
    ["an md5 password", { verifier: "md5d8578edf8458ce06fbc5bb76a58c5ca4", canLogin: true }],
    ["no right to log in", { verifier: scramVerifier(PASSWORD), canLogin: false }],
  ])("a role with %s is altered, its database kept", async (_what, role) => {
    catalog.roles = { n8n: role };
    catalog.databases = { n8n: "n8n" };
    await kind.ensure(INPUTS);
    expect(catalog.changes[0]).toMatch(/^ALTER ROLE "n8n" LOGIN PASSWORD 'SCRAM-SHA-256\$/);
    expect(catalog.changes.filter((statement) => /CREATE|DROP/.test(statement))).toEqual([]);
  });

  test("a database of somebody else is given to the role, not made anew", async () => {
    catalog.databases = { n8n: "postgres" };
    await kind.ensure(INPUTS);
    expect(catalog.changes.slice(1)).toEqual([
      'ALTER DATABASE "n8n" OWNER TO "n8n"',
      'REVOKE CONNECT, TEMPORARY ON DATABASE "n8n" FROM PUBLIC',
    ]);
  });

  test("names are identifiers whatever they contain", async () => {
    await kind.ensure({ ...INPUTS, database: 'a"; DROP DATABASE x; --', role: 'R "o"' });
    expect(catalog.changes.slice(1)).toEqual([
      'CREATE DATABASE "a""; DROP DATABASE x; --" OWNER "R ""o"""',
      'REVOKE CONNECT, TEMPORARY ON DATABASE "a""; DROP DATABASE x; --" FROM PUBLIC',
    ]);
    expect(catalog.changes[0]).toMatch(/^CREATE ROLE "R ""o""" LOGIN/);
  });
});

describe("T15: a database that was there before and is gone", () => {
  const refusal = (): never => {
    throw new Error("not told so");
  };

  test("is not made, nor its role, unless told so", async () => {
    await expect(kind.ensure(INPUTS, INPUTS, refusal)).rejects.toThrow("not told so");
    expect(catalog.changes).toEqual([]);
    await kind.ensure(INPUTS, INPUTS, () => undefined);
    expect(catalog.changes).toContain('CREATE DATABASE "n8n" OWNER "n8n"');
  });

  test("is not asked about while it is there", async () => {
    catalog.databases = { n8n: "n8n" };
    await expect(kind.ensure(INPUTS, INPUTS, refusal)).resolves.toEqual(INPUTS);
  });
});

describe("membership in the server's roles", () => {
  const MEMBER = { ...INPUTS, memberOf: ["pg_monitor", 'odd "role"'] };

  test("is granted where it lacks and revoked where it is not meant", async () => {
    catalog.memberships = { n8n: ["pg_monitor", "pg_write_all_data"] };
    await kind.ensure(MEMBER);
    expect(catalog.changes.filter((statement) => /GRANT|REVOKE "/.test(statement))).toEqual([
      'GRANT "odd ""role""" TO "n8n"',
      'REVOKE "pg_write_all_data" FROM "n8n" GRANTED BY "postgres"',
    ]);
  });

  test("C6: is revoked in the name of everybody who granted it", async () => {
    catalog.memberships = { n8n: ["pg_monitor", 'odd "role"', "pg_write_all_data", 'pg_write_all_data by the "boss"'] };
    await kind.ensure(MEMBER);
    expect(catalog.changes.filter((statement) => /GRANT|REVOKE "/.test(statement))).toEqual([
      'REVOKE "pg_write_all_data" FROM "n8n" GRANTED BY "postgres"',
      'REVOKE "pg_write_all_data" FROM "n8n" GRANTED BY "the ""boss"""',
    ]);
  });

  test("is revoked when it is declared no more", async () => {
    catalog.memberships = { n8n: ["pg_write_all_data"] };
    await kind.ensure(INPUTS, MEMBER);
    expect(catalog.changes).toContain('REVOKE "pg_write_all_data" FROM "n8n" GRANTED BY "postgres"');
  });

  test.each([
    ["in another order is no drift", ['odd "role"', "pg_monitor"], MEMBER.memberOf],
    ["that is gone is drift", ["pg_monitor"], ["pg_monitor"]],
    ["C6: that two granted is there once", [...MEMBER.memberOf, "x by a", "x by b"], [...MEMBER.memberOf, "x"]],
    ["that nobody declared is drift", [...MEMBER.memberOf, "postgres"], [...MEMBER.memberOf, "postgres"]],
  ])("%s", async (_what, held, observed) => {
    catalog.roles = { n8n: { verifier: scramVerifier(PASSWORD), canLogin: true } };
    catalog.databases = { n8n: "n8n" };
    catalog.memberships = { n8n: held };
    expect(await kind.observe(MEMBER)).toEqual({ ...MEMBER, memberOf: observed });
  });
});

describe("observe", () => {
  const right = { n8n: { verifier: scramVerifier(PASSWORD), canLogin: true } };

  test("sees what is right, and changes nothing", async () => {
    catalog.roles = right;
    catalog.databases = { n8n: "n8n" };
    expect(await kind.observe(INPUTS)).toEqual(INPUTS);
    expect(catalog.changes).toEqual([]);
  });

  test("a database that is gone", async () => {
    catalog.roles = right;
    expect(await kind.observe(INPUTS)).toBeUndefined();
  });

  test("another owner is another role", async () => {
    catalog.roles = { ...right, other: { verifier: null, canLogin: true } };
    catalog.databases = { n8n: "other" };
    expect(await kind.observe(INPUTS)).toEqual({ ...INPUTS, role: "other", password: "" });
  });

  test.each([
    ["dropped", { verifier: null, canLogin: true }],
    ["changed", { verifier: scramVerifier("other"), canLogin: true }],
    ["useless, as the role may not log in", { verifier: scramVerifier(PASSWORD), canLogin: false }],
  ])("a password that was %s is drift", async (_what, role) => {
    catalog.roles = { n8n: role };
    catalog.databases = { n8n: "n8n" };
    expect(await kind.observe(INPUTS)).toEqual({ ...INPUTS, password: "" });
  });
});

test("deleting drops nothing: data outlives its declaration", async () => {
  catalog.databases = { n8n: "n8n" };
  await kind.remove(INPUTS);
  expect(catalog.session).toBeUndefined();
  expect(catalog.changes).toEqual([]);
});

test("an empty password is refused before anything is touched", () => {
  expect(kind.check?.({ ...INPUTS, password: "" })).toEqual([
    { property: "password", reason: "expected a password, found an empty text" },
  ]);
  expect(kind.check?.(INPUTS)).toEqual([]);
});
