import type { SecretDeclaration } from "./secret";

/** Characters of a token; the provider refuses any other number, in a preview too. */
const TOKEN_LENGTH = 64;

/** Lets the stack create servers. */
export const hcloudToken: SecretDeclaration = {
  name: "hcloudToken",
  description: "Hetzner Cloud API token with read and write permission (console: project, Security, API tokens)",
  ansible: "hcloud_token",
  origin: "supplied",
  check: (value) =>
    value.length === TOKEN_LENGTH ? undefined : `expected ${TOKEN_LENGTH} characters, found ${value.length}`,
  needed: ({ hosts }) => Object.values(hosts).some(({ machine }) => machine.kind === "hcloud"),
};
