import type { Bucket } from "../../model/bucket";
import { UserError } from "../../model/finding";
import type { SecretDeclaration } from "../../model/secret";
import type { Stack } from "../../model/stack";
import { OWNER, PRUNING, PUSHING, SHARING } from "./keys";
import { offsiteSettings } from "./settings";

/** The job that brings copies elsewhere. */
export const PUSH = "offsite";

/** Days that the buckets keep what was overwritten or removed: long enough for somebody to come back from a holiday. */
const KEPT_DAYS = 30;

/** Folder of the copies of the stack's state in the bucket of the backups, beside those of Restic, which knows none of that name. */
export const STATE_COPIES = "state";

/** An access key that a stack has for a bucket which it does not make. */
interface ForeignKey {
  key: SecretDeclaration;
  /** Name of that bucket; undefined in a stack that names none. */
  bucket: unknown;
}

/**
 * The buckets that a stack with these settings wants (docs/decisions/offsite.md).
 * @param foreign keys of the stack beside those of these buckets
 * @throws UserError where nobody knows how to name a key, and where the bucket of the backups is another one's, too
 */
export function offsiteBuckets(settings: Stack["settings"], foreign: readonly ForeignKey[] = []): Bucket[] {
  const { backupsBucket, sharedBucket, bucketsEndpoint, bucketsRegion, bucketsPrincipal } = offsiteSettings({
    settings,
  });
  if ((backupsBucket ?? sharedBucket) === undefined) return [];
  if (bucketsPrincipal === undefined)
    throw new UserError(
      "expected in vpai:bucketsPrincipal what the server of the buckets calls the holder of a key, such as " +
        "arn:aws:iam:::user/p1234567:{key} at Hetzner, found nothing: without it nobody is denied anything. See docs/backups.md#copies-elsewhere",
    );
  expectAlone(backupsBucket, [
    { what: "vpai:sharedBucket", bucket: sharedBucket },
    ...foreign.map(({ key, bucket }) => ({ what: `the bucket of secrets:${key.name}`, bucket })),
  ]);
  const place = { endpoint: bucketsEndpoint, region: bucketsRegion, owner: OWNER, principal: bucketsPrincipal };
  const keysBeside = (name: string | undefined): SecretDeclaration[] =>
    foreign.filter(({ bucket }) => bucket !== name).map(({ key }) => key);
  const backups: Omit<Bucket, "name"> = {
    ...place,
    others: [SHARING.access, ...keysBeside(backupsBucket)],
    grants: [
      { key: PUSHING.access, may: "append" },
      { key: PRUNING.access, may: "prune" },
    ],
    filledBy: PUSH,
    // Who can write a state can have the next `up` do anything.
    ownersFolder: STATE_COPIES,
    keptDays: KEPT_DAYS,
    lockedDays: KEPT_DAYS,
  };
  const shared: Omit<Bucket, "name"> = {
    ...place,
    grants: [{ key: SHARING.access, may: "share" }],
    others: [PUSHING.access, PRUNING.access, ...keysBeside(sharedBucket)],
    keptDays: KEPT_DAYS,
  };
  return [
    ...(backupsBucket === undefined ? [] : [{ name: backupsBucket, ...backups }]),
    ...(sharedBucket === undefined ? [] : [{ name: sharedBucket, ...shared }]),
  ];
}

/** Whose key is for the bucket of the backups, too, is denied nothing there: it could read and overwrite them. */
function expectAlone(backups: string | undefined, others: readonly { what: string; bucket: unknown }[]): void {
  if (backups === undefined) return;
  const same = others.filter(({ bucket }) => bucket === backups);
  if (same.length > 0)
    throw new UserError(
      `vpai:backupsBucket: expected a bucket that is the backups' alone, found ${backups}, which is ` +
        `${same.map(({ what }) => what).join(" and ")}, too: name another bucket for that; nothing was changed`,
    );
}
