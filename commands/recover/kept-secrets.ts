import type { StackConfig } from "../../config";
import type { Platform } from "../../model/platform";
import { declaredSecretsOf } from "../../model/service";
import { servicesOn } from "../../platforms";
import { REPOSITORY_PASSWORD } from "../../programs/offsite/keys";
import type { Elsewhere } from "../buckets/settings";

/**
 * With neither the state nor the host that keeps the stack's made secrets, those without which data cannot be read have to be given.
 * @throws where one is not
 */
export function expectKeptSecrets(
  { stack, host }: { stack: string; host: string },
  { config, platform }: { config: StackConfig; platform: Platform },
  { given }: Elsewhere,
): void {
  if (Object.keys(config.hosts)[0] !== host) return;
  const needed = Object.keys(config.hosts)
    .flatMap((name) => servicesOn(platform, name, config.services).flatMap(declaredSecretsOf))
    .filter(({ origin, fixed }) => origin === "random" && fixed?.decrypts === true);
  const missing = [...new Set([REPOSITORY_PASSWORD, ...needed].map(({ name }) => name))].filter(
    (name) => given(name) === undefined,
  );
  if (missing.length === 0) return;
  throw new Error(
    `expected the state of ${stack}, or a copy of it, found none here, and none elsewhere: ${missing.join(", ")} would be made anew, ` +
      "and what is encrypted with them could not be read. Give them (docs/backups.md#a-state-that-is-lost), or bring the state back: make state-restore",
  );
}
