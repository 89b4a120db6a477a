import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { expectForm } from "../../../model/foreign-json";
import { pulumiJson } from "../../engine/pulumi-json";
import { isSecretName } from "./name";
import { secretsWithin, texts } from "./texts";

/** Shortest value of a variable that is taken for a secret by its name alone, in characters. */
const SHORTEST_VALUE = 8;

/** Variables whose values are secrets however short they are. */
const SECRET_VARIABLES = [
  "PULUMI_CONFIG_PASSPHRASE",
  "PULUMI_ACCESS_TOKEN",
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AZURE_STORAGE_KEY",
  "AZURE_STORAGE_SAS_TOKEN",
  "PGPASSWORD",
  "GITHUB_TOKEN",
  "HCLOUD_TOKEN",
];

const configSchema = z.record(
  z.string(),
  z.looseObject({ value: z.string().optional(), secret: z.boolean().optional(), objectValue: z.unknown().optional() }),
);

/**
 * The secrets of a stack's configuration.
 *
 * @param json output of `pulumi config --show-secrets --json`
 * @throws Error when it has another form; it never quotes it
 */
export function secretsOfConfig(json: string): string[] {
  const found = pulumiJson(json, "pulumi config --json");
  return Object.values(expectForm(configSchema, found, "the output of `pulumi config --json`"))
    .filter(({ secret }) => secret === true)
    .flatMap(({ value, objectValue }) => [...texts(value), ...texts(objectValue)]);
}

/**
 * The secrets that a process with this environment has: variables that are called so, logins inside of URLs (that of the
 * state's backend among them), and what is in the files from which engine and backends take theirs.
 */
export const secretsOfEnvironment = (env: NodeJS.ProcessEnv): string[] => {
  const variables = Object.entries(env).flatMap(([name, value = ""]) => [
    ...(isSecretVariable(name, value) ? texts(value) : []),
    ...secretsWithin(value),
  ]);
  return [...new Set([...variables, ...filesOf(env).flatMap(({ file, whole }) => secretsOfFile(file, whole))])];
};

const isSecretVariable = (name: string, value: string): boolean =>
  SECRET_VARIABLES.includes(name) ||
  (value.length >= SHORTEST_VALUE && (isSecretName(name) || name.startsWith("SECRET_")));

interface SecretFile {
  readonly file: string;
  /** All of its text is one secret. */
  readonly whole: boolean;
}

/** Where logins lie when they are not in variables: of the engine, of AWS and S3-compatible stores, of Google Cloud. */
function filesOf(env: NodeJS.ProcessEnv): SecretFile[] {
  const home = env["HOME"] ?? "";
  const named = Object.entries(env).flatMap(([name, file = ""]) =>
    name.endsWith("_FILE") && isSecretName(name.slice(0, -"_FILE".length))
      ? [{ file, whole: !/CREDENTIALS/.test(name) }]
      : [],
  );
  const known = [
    path.join(env["PULUMI_CREDENTIALS_PATH"] || env["PULUMI_HOME"] || path.join(home, ".pulumi"), "credentials.json"),
    env["AWS_SHARED_CREDENTIALS_FILE"] || path.join(home, ".aws", "credentials"),
    env["GOOGLE_APPLICATION_CREDENTIALS"] ||
      path.join(home, ".config", "gcloud", "application_default_credentials.json"),
  ];
  return [...named, ...known.map((file) => ({ file, whole: false }))];
}

/** A file that cannot be read has no secret that the engine could tell. */
function secretsOfFile(file: string, whole: boolean): string[] {
  try {
    const text = readFileSync(file, "utf8").trim();
    return whole ? texts(text) : secretsWithin(text);
  } catch {
    return [];
  }
}
