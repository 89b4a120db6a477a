import { existsSync, readFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { z } from "zod";

/** Name under which `docker login` keeps Docker Hub's credentials. */
const DOCKER_HUB = "https://index.docker.io/v1/";

const configSchema = z.looseObject({
  auths: z.record(z.string(), z.looseObject({ auth: z.string().optional() })).optional(),
});

/** Where `docker login` keeps its credentials. */
export const dockerConfigFile = (env: NodeJS.ProcessEnv = process.env): string =>
  path.join(env["DOCKER_CONFIG"] ?? path.join(os.homedir(), ".docker"), "config.json");

/**
 * The credentials of a registry, as HTTP's basic scheme wants them (`user:password` in base64), from Docker's own file.
 * Credential helpers are not asked.
 * @returns undefined for a registry that nobody logged in to; its public images can be asked for without
 * @throws when the file is not Docker's
 */
export function basicCredentials(registry: string, file: string = dockerConfigFile()): string | undefined {
  if (!existsSync(file)) return undefined;
  const config = configSchema.safeParse(readJson(file));
  if (!config.success)
    throw new Error(`expected Docker's configuration in ${file}, found something else: docker login`);
  const { auths = {} } = config.data;
  const names = registry === "docker.io" ? [DOCKER_HUB, registry] : [registry, `https://${registry}`];
  return names.map((name) => auths[name]?.auth).find((auth) => auth !== undefined && auth !== "");
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    // The parser's own message quotes the text, which holds credentials.
    return undefined;
  }
}
