import type { SecretDeclaration } from "./secret";

/** Lets the stack create servers. */
export const hcloudToken: SecretDeclaration = {
  name: "hcloudToken",
  description: "Hetzner Cloud API token with read and write permission (console: project, Security, API tokens)",
  ansible: "hcloud_token",
  origin: "supplied",
  needed: ({ hosts }) => Object.values(hosts).some(({ machine }) => machine.kind === "hcloud"),
};
