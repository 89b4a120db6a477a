import { columnRules, faultsOf, type SeedRules } from "../../../model/seed";

const rules = (tables: SeedRules["tables"]): SeedRules => ({ kind: "sanitised", tables });

test("the columns of a table are told one by one, with their rules", () => {
  expect(
    columnRules("user", {
      keep: "id  role",
      email: "mail",
      null: "password",
      constant: { mfa: "false" },
      json: { settings: ["*.theme"] },
    }),
  ).toEqual([
    { table: "user", column: "id", rule: "keep" },
    { table: "user", column: "role", rule: "keep" },
    { table: "user", column: "password", rule: "null" },
    { table: "user", column: "mail", rule: "email" },
    { table: "user", column: "mfa", rule: "constant", value: "false" },
    { table: "user", column: "settings", rule: "json", places: ["*.theme"] },
  ]);
});

test("a column with two rules, or one that chooses rows without a rule, is a fault", () => {
  expect(faultsOf(rules({ a: { keep: "id mail", email: "mail" }, b: "empty" }))).toEqual(["a.mail has two rules"]);
  expect(faultsOf(rules({ a: { keep: "id", only: { key: ["x"] } } }))).toEqual(["a.key chooses rows and has no rule"]);
  expect(faultsOf(rules({ a: { keep: "id", only: { id: ["x"] } } }))).toEqual([]);
});
