import { z } from "zod";

/** Variables whose values are secrets wherever this project runs. */
const SECRET_VARIABLES = [
  "PULUMI_CONFIG_PASSPHRASE",
  "PULUMI_ACCESS_TOKEN",
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
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
  const parsed = configSchema.safeParse(JSON.parse(json));
  if (!parsed.success) throw new Error("expected the output of `pulumi config --json`, found another form");
  return Object.values(parsed.data)
    .filter(({ secret }) => secret === true)
    .flatMap(({ value, objectValue }) => [...texts(value), ...texts(objectValue)]);
}

/** The secrets that this process was given. */
export const secretsOfEnvironment = (env: NodeJS.ProcessEnv): string[] =>
  SECRET_VARIABLES.flatMap((name) => texts(env[name]));

function texts(value: unknown): string[] {
  if (typeof value === "string") return value === "" ? [] : [value];
  if (typeof value === "number") return [String(value)];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(texts) : [];
}
