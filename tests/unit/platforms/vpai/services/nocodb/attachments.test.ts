import nocodb from "../../../../../../platforms/vpai/services/nocodb";
import { BUCKET_SETTINGS } from "../../../../../../platforms/vpai/services/nocodb/attachments";
import { contextWith, STACK } from "../../../../../context";

const s3 = (settings: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(nocodb.environment?.(contextWith({ settings })) ?? {}).filter(([name]) => name.startsWith("NC_S3")),
  );

const DEFAULTS = { attachmentsEndpoint: "https://nbg1.your-objectstorage.com", attachmentsRegion: "nbg1" };

test("attachments lie in the bucket that the stack's file names, by its name in the path", () => {
  expect(s3({ ...DEFAULTS, attachmentsBucket: "vpai-shared" })).toEqual({
    NC_S3_BUCKET_NAME: "vpai-shared",
    NC_S3_ENDPOINT: "https://nbg1.your-objectstorage.com",
    NC_S3_REGION: "nbg1",
    NC_S3_FORCE_PATH_STYLE: "true",
  });
});

test("without one they lie on the disk, and nobody is asked for keys", () => {
  expect(s3(DEFAULTS)).toEqual({});
  const needed = (settings: object): (boolean | undefined)[] =>
    ["s3_access_key", "s3_secret_key"].map((name) =>
      nocodb.secrets?.[name]?.secret.needed?.({ ...STACK, settings: { ...settings } }),
    );
  expect(needed(DEFAULTS)).toEqual([false, false]);
  expect(needed({ attachmentsBucket: "vpai-shared" })).toEqual([true, true]);
});

test.each([
  ["attachmentsBucket", "Vpai_Shared", "vpai-shared"],
  ["attachmentsBucket", "no", "a-bucket.of.its-own"],
  ["attachmentsEndpoint", "nbg1.your-objectstorage.com", "https://nbg1.your-objectstorage.com"],
  ["attachmentsEndpoint", "https://nbg1.your-objectstorage.com/", "http://10.0.0.1:7070"],
  ["attachmentsRegion", "NBG 1", "nbg1"],
] as const)("%s may not be %s, and may be %s", (name, wrong, right) => {
  expect(BUCKET_SETTINGS[name].safeParse(wrong).success).toBe(false);
  expect(BUCKET_SETTINGS[name].safeParse(right).success).toBe(true);
});
