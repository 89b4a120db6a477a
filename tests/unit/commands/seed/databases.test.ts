import { databasesOf, isSeeded, serversOf, type StackDatabase } from "../../../../commands/seed/databases";
import { seedRows } from "../../../../commands/seed/rows";
import { chosenSource } from "../../../../commands/seed/sources";
import { seedScript } from "../../../../capabilities/seeds/script";
import type { Service } from "../../../../model/service";
import { faultsOf, type SeedRules } from "../../../../model/seed";
import { platformNamed } from "../../../../platforms";

const services = platformNamed("vpai").services as Service[];
const databases = databasesOf(services);

/** Typed in: what of production may leave at all. */
test("these databases have a seed, and these have none", () => {
  expect(databases.map(({ name, seed }) => [name, seed.kind])).toEqual([
    ["alloy", "none"],
    ["assets", "sanitised"],
    ["kaneo", "sanitised"],
    ["litellm", "sanitised"],
    ["n8n", "sanitised"],
    ["nocodb", "sanitised"],
    ["palais", "none"],
    ["sure", "sanitised"],
  ]);
});

test.each(databases.filter(isSeeded))("the rules of $name do not contradict themselves", ({ seed }) => {
  expect(faultsOf(seed)).toEqual([]);
});

/** Names of columns that hold a login, a key, or what they are made of, in whatever program. */
const SECRET = /passw|secret|token$|_key$|apikey|salt|digest|credential|recovery|otp_/i;

/** Of those, the ones that only say how, when or whether. */
const HARMLESS = ["resolvableAllowFallback", "otp_required"];

test.each(databases.filter(isSeeded))("no column of $name that holds a secret is kept as it is", ({ seed }) => {
  const kept = Object.values(seed.tables).flatMap((rules) => (rules === "empty" ? [] : (rules.keep ?? "").split(" ")));
  expect(kept.filter((column) => SECRET.test(column) && !HARMLESS.includes(column))).toEqual([]);
  expect(kept.filter((column) => /e_?mail$|first_?name|last_?name|phone/i.test(column))).toEqual([]);
});

test("the server of databases is found, with whom it runs as", () => {
  expect(serversOf(services)).toEqual([{ service: "postgresql", user: { uid: 999, gid: 999 }, superuser: "postgres" }]);
});

const rules = (tables: SeedRules["tables"]): SeedRules => ({ kind: "sanitised", tables });
const one: StackDatabase = { name: "one", role: "one", seed: rules({ a: "empty" }) };
const other: StackDatabase = { name: "other", role: "other", seed: { kind: "none", reason: "it is ours alone" } };

test("a seed has the databases of the set that have rules; the others are told of", () => {
  const { wanted, rows } = seedRows([one, other], ["one.dump", "other.dump", "left.dump", "roles.sql"]);
  expect(wanted).toEqual([one]);
  expect(rows).toEqual([
    ["other", "not in it: it is ours alone", ""],
    ["left", "not in it: no service of the stack asks for it", ""],
  ]);
});

test("a set without any of them is refused", () => {
  expect(() => seedRows([one, other], ["other.dump"])).toThrow(
    "expected a set with a database that has rules for a seed, found other in it",
  );
});

test("rules that contradict themselves are refused before anything is read", () => {
  expect(() => seedScript("one", rules({ a: { keep: "id", null: "id" } }), "key")).toThrow(
    "one: expected one rule for each column of a seed, found a.id has two rules",
  );
});

test("what rules say never ends the text that they are in", () => {
  const { look } = seedScript("one", rules({ "it's \\": { constant: { a: "'; DROP TABLE x; --" } } }), "key");
  const [, literal = ""] = /SELECT E'((?:[^'\\]|''|\\\\)*)'::jsonb AS value;/.exec(look) ?? [];
  expect(JSON.parse(literal.replaceAll("''", "'").replaceAll("\\\\", "\\"))).toMatchObject({
    filled: ["it's \\"],
    columns: [{ table: "it's \\", column: "a", rule: "constant", value: "'; DROP TABLE x; --" }],
  });
});

test("the host that is meant is the only one with databases and backups, or the one that is named", () => {
  const connection = { host: "192.0.2.1", port: 22, user: "root", hostKey: "", identityFile: "" };
  const deployed = (name: string) => ({
    ...{ connection, publicAddress: "192.0.2.1", services: { postgresql: { container: `${name}_postgresql` } } },
    jobs: { [`backup-${name}`]: { unit: `backup-${name}.service` } },
  });
  const up = (...names: string[]) => ({
    hosts: Object.fromEntries(names.map((name) => [name, { services }])),
    deployed: Object.fromEntries(names.map((name) => [name, deployed(name)])),
  });
  expect(chosenSource(up("a"), "")).toMatchObject({ host: "a", container: "a_postgresql", unit: "backup-a.service" });
  expect(chosenSource(up("a", "b"), "b")).toMatchObject({ host: "b" });
  expect(() => chosenSource(up("a", "b"), "")).toThrow("or its name in HOST, found a, b");
  expect(() => chosenSource(up("a"), "c")).toThrow("named c, found none");
});
