import { parseStackConfig, readSettings } from "../../../config";
import { PLATFORM, rawConfig, SECRETS, SETTINGS } from "./example";
import { errorOf, keysOf, problemsOf } from "./problems-of";

const GHCR = { "ghcr.io": { user: "mobutoo", secret: "ghcrToken" } };
const TOKEN = "ghp_16C7e42F292c6912E7710c838347Ae178B4a";

const withRegistries = (registries: unknown, secrets: Readonly<Record<string, string>> = {}) =>
  rawConfig({ ...SETTINGS, registries }, { ...SECRETS, ...secrets });

const LAB = { workstation: SETTINGS.hosts.workstation };

test("C8: a login declares its secret, which the stack then needs", () => {
  expect(parseStackConfig(withRegistries(GHCR, { ghcrToken: TOKEN }), [PLATFORM]).registries).toEqual(GHCR);
  expect(problemsOf(withRegistries(GHCR))).toEqual([
    {
      where: "secrets:ghcrToken",
      expected: "Password or token of mobutoo at the image registry ghcr.io; it need only read",
      found: "nothing",
      mend: "make secrets STACK=prod",
    },
  ]);
});

test("C8: without the login its secret is an unknown one, like any other", () => {
  expect(keysOf(withRegistries({}, { ghcrToken: TOKEN }))).toEqual(["secrets:ghcrToken"]);
});

test("C8: a stack of the lab alone needs no password: its registries make theirs", () => {
  const raw = rawConfig({ ...SETTINGS, hosts: LAB, registries: GHCR }, { databasePassword: "x" });
  expect(() => parseStackConfig(raw, [PLATFORM])).not.toThrow();
});

test("C8: two registries may share a secret, which is declared once", () => {
  const registries = { ...GHCR, "docker.io": { user: "bob", secret: "ghcrToken" } };
  const { declared } = readSettings(withRegistries(registries), [PLATFORM]);
  expect(declared.map(({ name }) => name)).toEqual([
    "n8nEncryptionKey",
    "databasePassword",
    "hcloudToken",
    "ghcrToken",
  ]);
});

test("C8: the password in plain text is refused and not shown", () => {
  const raw = withRegistries(GHCR, { ghcrToken: TOKEN });
  const secretKeys = new Set([...raw.secretKeys].filter((key) => key !== "secrets:ghcrToken"));
  const error = errorOf({ ...raw, secretKeys });
  expect(error.findings.map(({ where, expected }) => [where, expected])).toEqual([
    ["secrets:ghcrToken", "an encrypted value"],
  ]);
  expect(error.message).not.toContain(TOKEN);
});

test("C8: the password in place of its secret's name is refused and not shown", () => {
  const error = errorOf(withRegistries({ "ghcr.io": { user: "mobutoo", secret: TOKEN } }));
  expect(error.findings[0]).toEqual({
    where: "vpai:registries.ghcr.io.secret",
    expected: "a name for the secret in camelCase, not the password itself, such as ghcrToken",
    found: "a value that is not shown, as it may be a secret",
    mend: `pulumi config set --stack prod --path 'vpai:registries["ghcr.io"].secret' <value>, or edit Pulumi.prod.yaml`,
  });
  expect(error.message).not.toContain(TOKEN);
});

test("C8: what was meant for somebody else is not sent to a registry", () => {
  const registries = { "ghcr.io": { user: "mobutoo", secret: "hcloudToken" } };
  expect(problemsOf(withRegistries(registries))).toEqual([
    {
      where: "vpai:registries.ghcr.io.secret",
      expected: "a secret of its own",
      found: "hcloudToken, which is another one: Token of the Hetzner Cloud project",
      mend: "give it a name of its own, such as ghcrToken",
    },
  ]);
});

test.each([
  ["an address", { "https://ghcr.io": GHCR["ghcr.io"] }, "vpai:registries.https://ghcr.io"],
  ["a path", { "ghcr.io/mobutoo": GHCR["ghcr.io"] }, "vpai:registries.ghcr.io/mobutoo"],
  ["Docker Hub's other name", { "index.docker.io": GHCR["ghcr.io"] }, "vpai:registries.index.docker.io"],
])("C8: %s in place of a registry is refused by its name", (_what, registries, where) => {
  expect(problemsOf(withRegistries(registries, { ghcrToken: TOKEN }))).toEqual([
    {
      where,
      expected: "a registry as references begin with it, without https:// and path, such as ghcr.io or docker.io",
      found: JSON.stringify(Object.keys(registries)[0]),
      mend: "rename it, or remove it",
    },
  ]);
});

test.each([
  ["no user", { "ghcr.io": { secret: "ghcrToken" } }, ["vpai:registries.ghcr.io.user"]],
  ["a colon in the user", { "ghcr.io": { user: "a:b", secret: "ghcrToken" } }, ["vpai:registries.ghcr.io.user"]],
  ["an unknown key", { "ghcr.io": { ...GHCR["ghcr.io"], pasword: "x" } }, ["vpai:registries.ghcr.io.pasword"]],
  ["a list", [GHCR], ["vpai:registries"]],
])("C8: %s is named, and the secret of the login is no unknown one for that", (_what, registries, keys) => {
  const given = Array.isArray(registries) ? {} : { ghcrToken: TOKEN };
  expect(keysOf(withRegistries(registries, given))).toEqual(keys);
});
