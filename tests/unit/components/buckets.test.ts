import { bucketPolicy } from "../../../components/buckets";
import { offsiteBuckets } from "../../../programs/offsite/buckets";

interface Statement {
  Effect: "Allow" | "Deny";
  Principal: { AWS: string };
  Action: string[];
  Resource: string[];
}

const statements = (may: "append" | "prune" | "share"): Statement[] =>
  (
    JSON.parse(bucketPolicy("vpai-backups", [{ principal: "arn:aws:iam:::user/p1:KEY", may }])) as {
      Statement: Statement[];
    }
  ).Statement;

const all = (effect: Statement["Effect"], may: "append" | "prune" | "share"): string[] =>
  statements(may)
    .filter(({ Effect }) => Effect === effect)
    .flatMap(({ Action, Resource }) =>
      Action.flatMap((action) => Resource.map((resource) => `${action} ${resource.replace("arn:aws:s3:::", "")}`)),
    );

test("who adds reads and writes, and removes locks alone; where everything is allowed, the rest is denied", () => {
  expect(all("Allow", "append")).toEqual(
    expect.arrayContaining([
      "s3:GetObject vpai-backups/*",
      "s3:PutObject vpai-backups/*",
      "s3:DeleteObject vpai-backups/locks/*",
    ]),
  );
  expect(all("Deny", "append").filter((one) => one.startsWith("s3:DeleteObject "))).toEqual([
    ...["config", "data/*", "index/*", "keys/*", "snapshots/*"].map((part) => `s3:DeleteObject vpai-backups/${part}`),
  ]);
});

test("who prunes removes objects, too", () => {
  expect(all("Allow", "prune")).toContain("s3:DeleteObject vpai-backups/*");
  expect(all("Deny", "prune").some((one) => one.startsWith("s3:DeleteObject "))).toBe(false);
});

test.each(["append", "prune"] as const)("who may %s opens nothing in the folder of the owner alone", (may) => {
  const grants = [{ principal: "arn:aws:iam:::user/p1:KEY", may }];
  const { Statement } = JSON.parse(bucketPolicy("vpai-backups", grants, { ownersFolder: "state" })) as {
    Statement: object[];
  };
  expect(Statement).toContainEqual({
    Effect: "Deny",
    Principal: { AWS: "arn:aws:iam:::user/p1:KEY" },
    Action: ["s3:DeleteObject", "s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"],
    Resource: ["arn:aws:s3:::vpai-backups/state/*"],
  });
});

test.each(["append", "prune", "share"] as const)(
  "who may %s removes nothing for good, and leaves the bucket as it is",
  (may) => {
    expect(all("Deny", may)).toEqual(
      expect.arrayContaining([
        ...[
          ...["DeleteObjectVersion", "BypassGovernanceRetention", "PutObjectAcl", "PutObjectRetention"],
          "PutObjectLegalHold",
        ].map((action) => `s3:${action} vpai-backups/*`),
        ...[
          ...["DeleteBucket", "DeleteBucketPolicy", "PutBucketAcl", "PutBucketPolicy"],
          "PutBucketVersioning",
          ...["PutLifecycleConfiguration", "PutBucketObjectLockConfiguration"],
        ].map((action) => `s3:${action} vpai-backups`),
      ]),
    );
    for (const { Principal } of statements(may)) expect(Principal).toEqual({ AWS: "arn:aws:iam:::user/p1:KEY" });
  },
);

test.each<[Record<string, string>, string[], string]>([
  [{ sharedBucket: "vpai-backups" }, [], "which is vpai:sharedBucket, too"],
  [{}, ["vpai-backups", "vpai-backups"], "which is the bucket of secrets:one and the bucket of secrets:two, too"],
])("the bucket of the backups is nothing else's: %j", (more, foreign, found) => {
  const settings = {
    ...{ bucketsEndpoint: "https://s3.test", bucketsRegion: "x", bucketsPrincipal: "{key}" },
    ...{ backupsBucket: "vpai-backups", ...more },
  };
  const keys = foreign.map((bucket, index) => ({
    key: { name: ["one", "two"][index] ?? "", description: "", origin: "supplied" as const },
    bucket,
  }));
  expect(() => offsiteBuckets(settings, keys)).toThrow(
    `vpai:backupsBucket: expected a bucket that is the backups' alone, found vpai-backups, ${found}`,
  );
});

test("attachments may lie in the shared bucket, and other buckets are nobody's concern", () => {
  const settings = {
    ...{ bucketsEndpoint: "https://s3.test", bucketsRegion: "x", bucketsPrincipal: "{key}" },
    ...{ backupsBucket: "vpai-backups", sharedBucket: "vpai-shared" },
  };
  const key = { name: "attachmentsAccessKey", description: "", origin: "supplied" as const };
  for (const bucket of ["vpai-shared", "other", undefined])
    expect(offsiteBuckets(settings, [{ key, bucket }]).map(({ name }) => name)).toEqual([
      "vpai-backups",
      "vpai-shared",
    ]);
});

test("a stack wants the buckets that it names", () => {
  const place = { bucketsEndpoint: "https://nbg1.your-objectstorage.com", bucketsRegion: "nbg1" };
  expect(offsiteBuckets(place)).toEqual([]);
  expect(() => offsiteBuckets({ ...place, sharedBucket: "vpai-shared" })).toThrow("expected in vpai:bucketsPrincipal");
  const bucketsPrincipal = "arn:aws:iam:::user/p1:{key}";
  const named = offsiteBuckets({
    ...place,
    bucketsPrincipal,
    backupsBucket: "vpai-backups",
    sharedBucket: "vpai-shared",
  });
  expect(
    named.map(({ name, keptDays, lockedDays, ownersFolder, grants }) => [
      ...[name, keptDays, lockedDays, ownersFolder],
      grants.map(({ may }) => may),
    ]),
  ).toEqual([
    ["vpai-backups", 30, 30, "state", ["append", "prune"]],
    ["vpai-shared", 30, undefined, undefined, ["share"]],
  ]);
});
