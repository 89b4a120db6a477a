import "../without-sdk";
import { s3BucketKind } from "../../../../providers/resources/s3-bucket";
import { Unreadable } from "../../../../providers/unreadable";

/** What a server makes of a bucket is in tests/lab/all/offsite.test.ts. */

test("a bucket whose server is away is no drift, and keeps a refresh from nothing else", async () => {
  const state = {
    ...{ endpoint: "http://127.0.0.1:9", region: "nbg1", accessKey: "key", secretKey: "secret", bucket: "copies" },
    ...{ keptDays: 30, lockedDays: 0, policy: "{}", versioned: true, lacks: [] },
  };
  const seen = s3BucketKind.observe(state);
  await expect(seen).rejects.toThrow(Unreadable);
  await expect(seen).rejects.toThrow("bucket copies at http://127.0.0.1:9: ");
});
