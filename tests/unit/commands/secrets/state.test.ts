import { describeSecrets, secretsOf } from "../../../../commands/secrets/state";
import { UserError } from "../../../../model/finding";
import { PLATFORM, rawConfig, SETTINGS } from "../../config/example";

const LAB_ONLY = { ...SETTINGS, hosts: { workstation: SETTINGS.hosts.workstation } };

const states = (raw: Parameters<typeof secretsOf>[0]) =>
  Object.fromEntries(secretsOf(raw, [PLATFORM]).map(({ declaration, state }) => [declaration.name, state]));

it("tells set, made, missing and unneeded secrets apart", () => {
  expect(states(rawConfig(SETTINGS, { databasePassword: "s3cr3t" }))).toEqual({
    n8nEncryptionKey: "made",
    databasePassword: "set",
    hcloudToken: "missing",
  });
  expect(states(rawConfig(LAB_ONLY, { n8nEncryptionKey: "s3cr3t" }))).toEqual({
    n8nEncryptionKey: "set",
    databasePassword: "missing",
    hcloudToken: "unneeded",
  });
});

it("asks again for a secret that is in plain text or against its rule", () => {
  expect(states({ ...rawConfig(), secretKeys: new Set() })["databasePassword"]).toBe("wrong");
  expect(states(rawConfig(SETTINGS, { databasePassword: "two\nlines" }))["databasePassword"]).toBe("wrong");
});

it("lists states without values", () => {
  const table = describeSecrets(secretsOf(rawConfig(LAB_ONLY, { databasePassword: "s3cr3t\nvalue" }), [PLATFORM]));
  expect(table).toContain("WRONG (expected one line, found a line break in it)");
  expect(table).toContain("made by the stack");
  expect(table).toContain("not needed here");
  expect(table).not.toContain("s3cr3t");
});

it("V1: shows a line break at the end, and counts on the text without it", () => {
  const secrets = secretsOf(rawConfig(LAB_ONLY, { databasePassword: "s3cr3t\n" }), [PLATFORM]);
  expect(secrets[1]).toMatchObject({ state: "set", value: "s3cr3t" });
  expect(describeSecrets(secrets)).toContain("set (ends in a line break, which is taken off)");
});

it("stops at a wrong setting", () => {
  expect(() => secretsOf(rawConfig({ ...SETTINGS, domain: "-" }), [PLATFORM])).toThrow(UserError);
});
