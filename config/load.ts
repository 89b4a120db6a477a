import * as pulumi from "@pulumi/pulumi";
import { labServices } from "./lab-services";
import { leftHosts } from "./left-hosts";
import { parseStackConfig, type PlatformNames } from "./parse";
import { declaredWith } from "./registries";
import type { StackConfig } from "./schema";
import type { SecretDeclaration } from "../model/secret";
import { readSecret } from "./secrets";

/** A stack's settings and secrets. */
export interface LoadedConfig extends StackConfig {
  /** Every declared secret by name; `undefined` where the stack makes it, or does not need it. */
  readonly secrets: Readonly<Record<string, pulumi.Output<string> | undefined>>;
  /** Values of before, of the secrets that are being rotated and whose old value is still taken, by name. */
  readonly before: Readonly<Record<string, pulumi.Output<string>>>;
  /** Hosts that this one run leaves as they are, since they cannot be reached or were not asked for. */
  readonly leaves: ReadonlySet<string>;
}

/** Whether a key is encrypted: the SDK knows it, but its type declarations leave the function out. */
const isEncrypted = (key: string): boolean =>
  (pulumi.runtime as unknown as { isConfigSecret: (key: string) => boolean }).isConfigSecret(key);

/**
 * Reads the config of the running stack, once. Throws one UserError with every problem.
 * A host key may be missing in a preview, as a preview connects to no host.
 */
export const loadStackConfig = (platforms: readonly PlatformNames[]): LoadedConfig => {
  const given = pulumi.runtime.allConfig();
  const groups = platforms.find(({ name }) => name === given["vpai:platform"])?.groups ?? [];
  const values = { ...given, ...labServices(pulumi.getStack(), process.env["VPAI_SERVICES"], groups) };
  const secretKeys = new Set(Object.keys(values).filter(isEncrypted));
  const config = parseStackConfig(
    { stack: pulumi.getStack(), values, secretKeys, connects: !pulumi.runtime.isDryRun() },
    platforms,
  );
  const own = platforms.find((platform) => platform.name === config.platform)?.secrets ?? [];
  const declared = declaredWith(own, config.registries);
  return {
    ...config,
    secrets: Object.fromEntries(declared.map((secret) => [secret.name, secretOf(secret, values, pulumi.getStack())])),
    before: Object.fromEntries(
      Object.entries(config.rotating).flatMap(([name, { before, ends }]) =>
        ends === true ? [] : [[name, pulumi.secret(before)]],
      ),
    ),
    leaves: leftHosts(),
  };
};

/** The value that config has for a secret, marked as one. */
const secretOf = (
  declaration: SecretDeclaration,
  values: Readonly<Record<string, string>>,
  stack: string,
): pulumi.Output<string> | undefined => {
  const key = `secrets:${declaration.name}`;
  const text = values[key];
  if (text === undefined) return undefined;
  const { value, remark } = readSecret(declaration, text);
  if (remark !== undefined)
    void pulumi.log.warn(`${key} ${remark}; to write it anew: pulumi config set --stack ${stack} --secret ${key}`);
  return pulumi.secret(value);
};
