import { parseStackConfig } from "../../../config";
import { PLATFORM, rawConfig, SETTINGS } from "./example";
import { errorOf } from "./problems-of";

const ROTATING = {
  databasePassword: { before: "canary-of-before" },
  n8nEncryptionKey: { before: "x", rotation: 3, ends: true },
};

/** The example with rotations under way, encrypted or not. */
function rotating(value: unknown, encrypted = true) {
  const raw = rawConfig({ ...SETTINGS, rotating: value });
  return encrypted ? { ...raw, secretKeys: new Set([...raw.secretKeys, "vpai:rotating"]) } : raw;
}

test("rotations under way are read, encrypted", () =>
  expect(parseStackConfig(rotating(ROTATING), [PLATFORM]).rotating).toEqual(ROTATING));

test("whoever reads the settings alone finds it empty, which is no fault", () =>
  expect(parseStackConfig(rotating(""), [PLATFORM]).rotating).toEqual({}));

test("in plain text they are refused, and not shown", () => {
  const { findings, message } = errorOf(rotating(ROTATING, false));
  expect(findings).toHaveLength(1);
  expect(findings[0]).toMatchObject({ where: "vpai:rotating", found: "plain text, which is not shown" });
  expect(message).not.toContain("canary");
});

test.each([
  [{ databasePasword: { before: "canary-1" } }, "vpai:rotating.databasePasword", "rename it to databasePassword"],
  [{ databasePassword: {} }, "vpai:rotating.databasePassword.before", ""],
  [{ databasePassword: { before: "canary-2", ends: false } }, "vpai:rotating.databasePassword.ends", ""],
  [{ databasePassword: { before: ["canary-3"] } }, "vpai:rotating.databasePassword.before", ""],
])("a wrong one is named without its value: %#", (value, where, mend) => {
  const { findings, message } = errorOf(rotating(value));
  expect(findings.map((finding) => finding.where)).toEqual([where]);
  expect(message).toContain(mend);
  expect(message).not.toContain("canary");
});

test.each(["hcloudToken", "databasePassword", "n8nEncryptionKei"])(
  "vpai:rotations.%s is none that the stack makes",
  (name) =>
    expect(errorOf(rawConfig({ ...SETTINGS, rotations: { [name]: 1 } })).findings.map(({ where }) => where)).toEqual([
      `vpai:rotations.${name}`,
    ]),
);

test("a name that is nearly right is told", () =>
  expect(errorOf(rawConfig({ ...SETTINGS, rotations: { n8nEncryptionKei: 1 } })).message).toContain(
    "rename it to n8nEncryptionKey",
  ));

test.each([0, -1, 1.5, "2", true])("%j is no count of rotations", (count) =>
  expect(
    errorOf(rawConfig({ ...SETTINGS, rotations: { n8nEncryptionKey: count } })).findings.map(
      ({ expected }) => expected,
    ),
  ).toEqual(["a whole number, from 1"]),
);
