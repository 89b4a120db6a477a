import type { BucketKeys } from "../../model/bucket";
import type { SecretDeclaration } from "../../model/secret";
import type { Stack } from "../../model/stack";
import { withBackups, withShared } from "./settings";

/** Both halves of a login at the S3 server, which its console shows once. */
const keys = (name: string, what: string, needed: (stack: Stack) => boolean): BucketKeys => ({
  access: { name: `${name}AccessKey`, description: `S3 access key ${what}`, origin: "supplied", needed },
  secret: { name: `${name}SecretKey`, description: `S3 secret key ${what}`, origin: "supplied", needed },
});

/** No host has it. */
export const OWNER = keys(
  "buckets",
  "of whoever runs `up`, which makes the buckets and says who may do what there",
  (stack) => withBackups(stack) || withShared(stack),
);
export const PUSHING = keys("backups", "of the hub, which adds to the backups", withBackups);
export const PRUNING = keys("backupsPrune", "of the hub's weekly upkeep, which removes old backups", withBackups);
export const SHARING = keys("shared", "of the hub, which writes what is read elsewhere", withShared);

/** What the repository is encrypted with. */
export const REPOSITORY_PASSWORD: SecretDeclaration = {
  name: "backupsPassword",
  description: "Password of the encrypted repository of the backups",
  origin: "random",
  length: 40,
  fixed: {
    because: "the repository elsewhere is encrypted with it; `restic key passwd` gives it another one",
    lost: "every backup in it, unless the old password is kept",
  },
};

/** Secrets that no job has. */
export const OFFSITE_SECRETS: readonly SecretDeclaration[] = [OWNER, SHARING].flatMap(({ access, secret }) => [
  access,
  secret,
]);
