import { s3ClientOf } from "@vpai/providers";
import { isMeant } from "./terminal/confirm";
import { chosenStack, main, prepareStack } from "./stack/pulumi";
import { ownersPlaceOf } from "./buckets/settings";
import { undelete, undeletionIn } from "./buckets/undelete";

/** `make bucket-undelete [YES=1]`: takes back what was deleted or overwritten in the repository's bucket, as long as that is kept. */
main(async () => {
  const stack = chosenStack();
  await prepareStack(stack);
  const { bucket, ...server } = await ownersPlaceOf(stack);
  const s3 = await s3ClientOf(server);
  const found = await undeletionIn(s3, bucket);
  console.log(
    `In ${bucket} at ${server.endpoint}: ${found.marks.length} deletions to take back, the upkeep's own among them, and ` +
      `${found.firsts.length} objects that were overwritten, whose first version becomes the present one.`,
  );
  if (found.marks.length + found.firsts.length === 0) return 0;
  if (!(await isMeant())) {
    console.log("Nothing was changed: YES=1 does it.");
    return 0;
  }
  await undelete(s3, bucket, found);
  console.log("Done. make run JOB=offsite-upkeep looks whether it is whole, and removes again what is old.");
  return 0;
});
