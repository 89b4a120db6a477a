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

it.each([
  ["hetzner", "expected ansible_name=secretName"],
  ["a=b=c", "expected ansible_name=secretName"],
  ["hetzner=hcloudTokn", "expected a declared secret"],
  ["hetznr=hcloudToken", "expected the name of a variable in the file, found hetznr"],
])("refuses the mapping %s", (explicit, message) => {
  expect(() => mapVariables(VARIABLES, DECLARED, explicit)).toThrow(message);
});
