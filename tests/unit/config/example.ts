import type { PlatformNames, RawConfig } from "../../../config";
import { z } from "zod";
import { flag } from "../../../model/setting";
import type { Stack } from "../../../model/stack";

/** 51 bytes of a well-formed ed25519 key blob: its type and 32 bytes of 0x07. */
export const HOST_KEY = `ssh-ed25519 ${Buffer.concat([
  Buffer.from([0, 0, 0, 11]),
  Buffer.from("ssh-ed25519"),
  Buffer.from([0, 0, 0, 32]),
  Buffer.alloc(32, 7),
]).toString("base64")}`;

export const PLATFORM: PlatformNames = {
  name: "vpai",
  hosts: ["sese-ai", "seko-vpn", "workstation"],
  groups: ["core", "apps", "monitoring"],
  services: ["n8n", "redis"],
  settings: {
    couchdbVpnEnforce: flag(false),
    workflows: z.enum(["keep", "overwrite"], { error: "keep or overwrite" }).default("keep"),
  },
  secrets: [
    { name: "n8nEncryptionKey", description: "Key of n8n", origin: "random" },
    {
      name: "databasePassword",
      description: "Password of the database, one word",
      origin: "supplied",
      check: (value) => (value.includes(" ") ? "expected one word, found a blank" : undefined),
    },
    {
      name: "hcloudToken",
      description: "Token of the Hetzner Cloud project",
      origin: "supplied",
      needed: (stack: Stack) => Object.values(stack.hosts).some(({ machine }) => machine.kind === "hcloud"),
    },
  ],
};

/** Every setting there is but logins at registries, which declare secrets, and rotations under way, which hold some; each with a value that is not its default. */
export const SETTINGS = {
  platform: "vpai",
  domain: "example.org",
  tls: "acme-ovh",
  acmeEmail: "owner@example.org",
  acme: {
    directory: "https://acme.example.net/directory",
    root: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    resolvers: ["192.0.2.53:53"],
  },
  ovh: { zone: "example.org", endpoint: "https://ca.api.ovh.com/1.0", adoptNames: ["couch", ""] },
  ownerEmail: "founder@example.org",
  vpnEnforce: "false",
  couchdbVpnEnforce: "true",
  adopt: "true",
  isolated: "true",
  operator: { user: "mobuone", keys: [HOST_KEY], otherKeys: "remove" },
  keptReleases: "3",
  neverBanned: ["198.51.100.7", "2001:db8::/48"],
  workflows: "overwrite",
  hosts: {
    "sese-ai": {
      machine: {
        kind: "existing",
        address: "192.0.2.1",
        port: 804,
        firstPort: 22,
        user: "mobuone",
        hostKey: HOST_KEY,
        identityFile: "~/.ssh/key",
        ownsKernel: false,
        jump: {
          address: "198.51.100.7",
          port: 2222,
          user: "jumper",
          hostKey: HOST_KEY,
          identityFile: "~/.ssh/jump",
        },
      },
      vpnAddress: "100.64.0.14",
      memoryMiB: 8192,
      architecture: "amd64",
    },
    "seko-vpn": {
      machine: {
        kind: "hcloud",
        serverType: "cx23",
        location: "nbg1",
        image: "debian-13",
        user: "root",
        allowSshFrom: ["198.51.100.0/24"],
      },
      memoryMiB: 4096,
      architecture: "amd64",
    },
    workstation: {
      machine: { kind: "lab" },
      memoryMiB: 16384,
      architecture: "arm64",
      unreachable: "fail",
      crowdsec: true,
    },
  },
  services: ["core", "monitoring"],
  rotations: { n8nEncryptionKey: 2 },
  overrides: { n8n: { memoryMiB: 512, cpus: 0.5, image: "docker.io/n8nio/n8n:2.7.3" }, redis: { memoryMiB: 64 } },
} as const;

export const SECRETS = { databasePassword: "s3cr3t-of-the-database", hcloudToken: "s3cr3t-of-the-cloud" };

/** A stack's config in the form in which Pulumi hands it over: every value is text, a structured one is JSON. */
export const rawConfig = (
  settings: Readonly<Record<string, unknown>> = SETTINGS,
  secrets: Readonly<Record<string, string>> = SECRETS,
  connects = true,
): RawConfig => {
  const values: [string, string][] = Object.entries(settings).map(([name, value]) => [
    `vpai:${name}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const encrypted = Object.entries(secrets).map(([name, value]): [string, string] => [`secrets:${name}`, value]);
  return {
    stack: "prod",
    values: Object.fromEntries([...values, ...encrypted]),
    secretKeys: new Set(encrypted.map(([key]) => key)),
    connects,
  };
};
