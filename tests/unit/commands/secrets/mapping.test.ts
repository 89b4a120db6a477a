import { mapVariables } from "../../../../commands/secrets/mapping";
import type { SecretDeclaration } from "../../../../model/secret";

const DECLARED: SecretDeclaration[] = [
  { name: "n8nEncryptionKey", description: "", origin: "random", ansible: "n8n_encryption_key" },
  { name: "databasePassword", description: "", origin: "supplied", ansible: "postgresql_password" },
  { name: "hcloudToken", description: "", origin: "supplied" },
];
const VARIABLES = ["n8n_encryption_key", "postgresql_password", "hetzner", "grafana_admin"].map((name) => ({
  name,
  value: `value of ${name}`,
}));

const assigned = (explicit: string) =>
  mapVariables(VARIABLES, DECLARED, explicit).assignments.map(({ secret, variable }) => [secret.name, variable.name]);

it("maps by the declarations' own Ansible names", () => {
  const { unmapped } = mapVariables(VARIABLES, DECLARED, "");
  expect(assigned("")).toEqual([
    ["n8nEncryptionKey", "n8n_encryption_key"],
    ["databasePassword", "postgresql_password"],
  ]);
  expect(unmapped).toEqual(["hetzner", "grafana_admin"]);
});

it("maps any variable by hand, before the declarations", () => {
  expect(assigned("hetzner=hcloudToken, grafana_admin=databasePassword,")).toEqual([
    ["n8nEncryptionKey", "n8n_encryption_key"],
    ["databasePassword", "grafana_admin"],
    ["hcloudToken", "hetzner"],
  ]);
});

describe("V4: a variable whose value is elsewhere", () => {
  const REDIS: SecretDeclaration = {
    name: "redisPassword",
    description: "",
    origin: "random",
    ansible: "redis_password",
  };
  const template = (name: string, refersTo?: string) => ({
    name,
    remark: "is a template",
    ...(refersTo && { refersTo }),
  });
  const map = (...variables: Parameters<typeof mapVariables>[0]) => mapVariables(variables, [REDIS], "");
  const vaulted = { name: "vault_redis_password", value: "in the vault" };

  it.each([
    ["is absent", [vaulted]],
    ["refers to it", [template("redis_password", "vault_redis_password"), vaulted]],
    ["refers to what is not in the file", [template("redis_password", "vault_redis"), vaulted]],
    [
      "refers to it by way of another",
      [template("redis_password", "a"), template("a", "vault_redis_password"), vaulted],
    ],
  ])("is that of vault_<name> where it %s", (_what, variables) => {
    const { assignments, remarks } = map(...variables);
    expect(assignments.map(({ variable }) => variable.value)).toEqual(["in the vault"]);
    expect(remarks).toEqual(["vault_redis_password was taken for redis_password"]);
  });

  it("is that of the variable it refers to", () => {
    const { assignments, unmapped } = map(template("redis_password", "vault_redis"), {
      name: "vault_redis",
      value: "x",
    });
    expect(assignments.map(({ variable }) => variable.value)).toEqual(["x"]);
    expect(unmapped).toEqual([]);
  });

  it.each([
    ["more than a reference", [template("redis_password"), vaulted]],
    ["a reference to nothing", [template("redis_password", "vault_redis")]],
    ["a circle", [template("redis_password", "other"), template("other", "redis_password")]],
  ])("is unknown for %s", (_what, variables) => {
    expect(map(...variables).assignments).toEqual([expect.objectContaining({ variable: variables[0] })]);
  });

  it("is its own where it has one", () => {
    const own = { name: "redis_password", value: "own" };
    expect(map(own, vaulted)).toMatchObject({
      assignments: [{ variable: own }],
      unmapped: ["vault_redis_password"],
      remarks: [],
    });
  });
});

it.each([
  ["hetzner", "expected ansible_name=secretName"],
  ["a=b=c", "expected ansible_name=secretName"],
  ["hetzner=hcloudTokn", "expected a declared secret"],
  ["hetznr=hcloudToken", "expected the name of a variable in the file, found hetznr"],
])("refuses the mapping %s", (explicit, message) => {
  expect(() => mapVariables(VARIABLES, DECLARED, explicit)).toThrow(message);
});
