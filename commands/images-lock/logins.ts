import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { readSettings } from "../../config";
import { platformNames } from "../../platforms";
import { prepareStack } from "../stack/pulumi";
import { providePassphrase } from "../secrets/passphrase";
import { readStackFile } from "../secrets/stack-file";
import { secretsOf } from "../secrets/state";
import type { Credentials } from "./ask";

/**
 * A stack's logins at registries, by registry. Nothing is decrypted, and no passphrase asked for, where its file has none.
 * @param folder where the files `Pulumi.<stack>.yaml` lie
 * @throws when the config has problems, or a password is missing or wrong
 */
export async function stackLogins(stack: string, folder: string): Promise<Map<string, Credentials>> {
  const file = path.join(folder, `Pulumi.${stack}.yaml`);
  if (!existsSync(file)) throw new Error(`expected a stack's file ${file}, found none: correct STACK`);
  if (!/^\s*vpai:registries:/m.test(readFileSync(file, "utf8"))) return new Map();
  await providePassphrase(stack);
  await prepareStack(stack);
  const raw = await readStackFile(stack);
  const secrets = secretsOf(raw, platformNames);
  const { registries = {} } = readSettings(raw, platformNames).config ?? {};
  return new Map(
    Object.entries(registries).flatMap(([registry, { user, secret }]): [string, Credentials][] => {
      const found = secrets.find(({ declaration }) => declaration.name === secret);
      // A stack of the lab goes without.
      if (found === undefined || found.state === "unneeded") return [];
      if (found.state !== "set" || found.value === undefined)
        throw new Error(
          `expected secrets:${secret}, the password of ${user} at ${registry}, found ${found.fault ?? "nothing"}: make secrets STACK=${stack}`,
        );
      const basic = Buffer.from(`${user}:${found.value}`).toString("base64");
      return [[registry, { basic, login: `the login of ${user} (secrets:${secret})` }]];
    }),
  );
}
