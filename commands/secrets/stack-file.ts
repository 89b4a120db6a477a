import { spawn } from "node:child_process";
import { z } from "zod";
import type { RawConfig } from "../../config";
import { expectForm } from "../../model/foreign-json";
import { projectRoot, pulumiEnvironment } from "../../toolchain/environment";
import { pulumiOutput } from "../engine/run";
import { pulumiJson } from "../engine/pulumi-json";

const configSchema = z.record(
  z.string(),
  z.looseObject({ value: z.string().exactOptional(), secret: z.boolean().exactOptional() }),
);

/** The stack's config, secrets decrypted. @throws when the passphrase is wrong */
export const readStackFile = (stack: string): Promise<RawConfig> => readConfig(stack, ["--show-secrets"]);

/** The stack's config; its secrets are there, and empty. */
export const readStackSettings = (stack: string): Promise<RawConfig> => readConfig(stack);

const readConfig = async (stack: string, options: readonly string[] = []): Promise<RawConfig> => {
  const printed = await pulumiOutput(stack, "config", "--json", ...options, "--stack", stack);
  const found = pulumiJson(printed, "pulumi config --json");
  const entries = Object.entries(expectForm(configSchema, found, "the output of `pulumi config --json`"));
  return {
    stack,
    values: Object.fromEntries(entries.map(([key, { value = "" }]) => [key, value])),
    secretKeys: new Set(entries.flatMap(([key, { secret = false }]) => (secret ? [key] : []))),
    connects: false,
  };
};

/** Encrypts a secret into the stack's file. @throws when `pulumi` fails, with what it said */
export const writeSecret = (stack: string, name: string, value: string, env?: NodeJS.ProcessEnv): Promise<void> =>
  writeEncrypted(stack, `secrets:${name}`, value, env);

/**
 * Encrypts a value into the stack's file. It travels on stdin, so that no process list shows it.
 * @param key with its namespace
 * @param env environment in which `pulumi` works for the stack
 * @throws when `pulumi` fails, with what it said
 */
export const writeEncrypted = (
  stack: string,
  key: string,
  value: string,
  env: NodeJS.ProcessEnv = pulumiEnvironment(stack),
): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn("pulumi", ["config", "set", "--secret", "--stack", stack, key], {
      cwd: projectRoot,
      env,
      stdio: ["pipe", "ignore", "pipe"],
    });
    const stderr: Buffer[] = [];
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    child.on("error", reject);
    // A child that fails early closes its stdin; its exit code tells more than the broken pipe.
    child.stdin.on("error", () => undefined);
    child.on("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${key} was not written: ${Buffer.concat(stderr).toString("utf8").trim()}`));
    });
    // Pulumi takes one line break off the end of what it reads.
    child.stdin.end(`${value}\n`);
  });
