import { readVariables } from "../../../../commands/secrets/ansible-variables";
import { fixture, OTHER_PASSWORD, PASSWORD } from "./fixture";

const valuesOf = (text: string, passwords = [PASSWORD]) =>
  Object.fromEntries(readVariables(text, passwords).map(({ name, value }) => [name, value]));

it.each(["whole-1.1.yml", "whole-1.2.yml"])("reads every variable of %s byte for byte", (name) => {
  expect(valuesOf(fixture(name))).toEqual({
    n8n_encryption_key: "lab-n8n key with 'quotes', $dollar, `ticks`, %s and \\ backslash",
    postgresql_password: "lab-ünïcödé-密码-🔑",
    ovh_consumer_key: "lab-line one\nlab-line two\n",
    ovh_application_secret: "lab-{{ not a template }}",
    templated: undefined,
    numeric_code: "4711",
    octal_like: undefined,
    switch: undefined,
    "nested.inner.token": "lab-nested-token",
    "list_of_things[0]": "lab-item",
    unmapped_secret: "lab-unmapped-value",
  });
});

it("remarks on what Ansible does not read as written", () => {
  const remarks = readVariables(fixture("whole-1.1.yml"), [PASSWORD]).flatMap(({ name, remark }) =>
    remark === undefined ? [] : [`${name} ${remark}`],
  );
  expect(remarks).toEqual([
    "templated is a template in Ansible, and the file does not hold its result; put the result in its place, or map the variable that holds it (MAP=variable=secretName)",
    "octal_like is no text for Ansible (YAML 1.1); put it in quotes if it is meant to be",
    "switch is no text for Ansible (YAML 1.1); put it in quotes if it is meant to be",
  ]);
});

it("reads inline vaults of both formats, each with the password that fits", () => {
  expect(valuesOf(fixture("inline.yml"), [PASSWORD, OTHER_PASSWORD])).toEqual({
    plain_setting: "lab-plain",
    ovh_application_key: "lab-inline secret ü\nsecond line\n",
    ovh_consumer_key: "lab-inline-labelled",
    dev_token: "lab-inline-other-password",
  });
});

it("names the variable whose vault no password opens", () => {
  expect(() => readVariables(fixture("inline.yml"), [PASSWORD])).toThrow(
    /^variable dev_token: wrong vault password \(its vault id is dev\)/,
  );
});

it.each([
  ["true", undefined],
  ["~", undefined],
  ["", undefined],
  ["1_000", undefined],
  ["190:20:30", undefined],
  ["0x1F", undefined],
  ["1.50", undefined],
  ["2026-02-26", undefined],
  ["-17", "-17"],
  ["0", "0"],
  ["'0123'", "0123"],
  ['"a\\tb"', "a\tb"],
  ["|-\n  one\n  two", "one\ntwo"],
])("reads %j as PyYAML does, or not at all", (written, value) => {
  expect(valuesOf(`key: ${written}\n`)).toEqual({ key: value });
});

it("V3: names what is inside of lists, and follows anchors", () => {
  const text = "users:\n  - &one {name: n8n, password: x}\n  - [{password: z}, *one]\nsame: *one\n";
  expect(valuesOf(text)).toEqual({
    "users[0].name": "n8n",
    "users[0].password": "x",
    "users[1][0].password": "z",
    "users[1][1].name": "n8n",
    "users[1][1].password": "x",
    "same.name": "n8n",
    "same.password": "x",
  });
});

it.each([
  ["{{ vault_redis }}", "vault_redis"],
  ["{{vault_redis}}", "vault_redis"],
  ["{{ vault_redis | default('', true) }}", "vault_redis"],
  ["{{ vault_redis | b64decode }}", undefined],
  ["{{ vault_redis }}-suffix", undefined],
  ["{% if a %}b{% endif %}", undefined],
  ["{# note #}text", undefined],
])("V4: has no value for the template %s, which refers to %s", (template, refersTo) => {
  const [variable] = readVariables(`key: ${JSON.stringify(template)}\n`, []);
  expect([variable?.value, variable?.refersTo]).toEqual([undefined, refersTo]);
});

it("takes the last of two variables of one name", () => {
  expect(valuesOf("key: first\nkey: second\n")).toEqual({ key: "second" });
});

it.each([
  ["key: [s3cr3t", "line 1"],
  ["- s3cr3t\n", "name: value"],
  ["s3cr3t", "name: value"],
])("says what is wrong with %j without quoting it", (text, message) => {
  const read = () => readVariables(text, []);
  expect(read).toThrow(message);
  expect(read).not.toThrow("s3cr3t");
});
