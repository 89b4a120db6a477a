import type { StackConfig } from "../../config";
import type { Platform } from "../../model/platform";
import { declaredSecrets } from "../../platforms";

/** Domain of a copy's sites, which nobody outside ever gets an address for (RFC 6761). */
const COPY_DOMAIN = "drill.test";

/**
 * The stack's file of a copy: lab machines for the same hosts, groups of services and overrides, and nothing that the stack is known by
 * outside. What is not here is the default, so no bucket, bot or mailbox.
 * @param hosts names of those that are copied
 */
export function copyFile(config: StackConfig, hosts: readonly string[]): string {
  const values = {
    "vpai:platform": config.platform,
    "vpai:domain": COPY_DOMAIN,
    "vpai:tls": "internal",
    "vpai:vpnEnforce": "false",
    "vpai:isolated": "true",
    "vpai:services": config.services,
    "vpai:overrides": config.overrides,
    "vpai:hosts": Object.fromEntries(hosts.map((name) => [name, machineOf(config, name)])),
  };
  const lines = Object.entries(values).map(([key, value]) => `  ${key}: ${JSON.stringify(value)}`);
  return `# A copy for a drill: written by make drill, and removed with it.\nconfig:\n${lines.join("\n")}\n`;
}

/** The size is the host's, so that the same limits are checked; the processor that of the lab's images. */
const machineOf = ({ hosts }: StackConfig, name: string): object => ({
  machine: { kind: "lab" },
  memoryMiB: hosts[name]?.memoryMiB,
  architecture: "amd64",
  unreachable: "fail",
});

/** Names of the secrets without which the copied data cannot be read. */
export const readingSecrets = (platform: Platform): string[] =>
  declaredSecrets(platform)
    .filter(({ fixed }) => fixed?.decrypts === true)
    .map(({ name }) => name);
