import { bucketSettings } from "../../../../commands/state/bucket-settings";

const PLAIN = {
  bucket: "states",
  prefix: "",
  forcePathStyle: false,
  anonymous: false,
  useAccelerateEndpoint: false,
  useDualstackEndpoint: false,
  useFipsEndpoint: false,
  withoutTls: false,
};

test.each<[string, object]>([
  ["s3://states", {}],
  ["s3://states/some/folder/?region=eu-west-1", { prefix: "some/folder/", region: "eu-west-1" }],
  [
    "s3://states?endpoint=s3.example.org&s3ForcePathStyle=true",
    { endpoint: "https://s3.example.org", forcePathStyle: true },
  ],
  ["s3://states?endpoint=127.0.0.1:9000&disableSSL=true", { endpoint: "http://127.0.0.1:9000", withoutTls: true }],
  [
    "s3://states?endpoint=http://10.0.0.1:9000&use_path_style=1",
    { endpoint: "http://10.0.0.1:9000", forcePathStyle: true },
  ],
  ["s3://states?awssdk=v2&profile=mine", { profile: "mine" }],
  ["s3://states?ssetype=aws:kms&kmskeyid=k", { encryption: "aws:kms", kmsKey: "k" }],
])("%s", (url, settings) => {
  expect(bucketSettings(url)).toEqual({ ...PLAIN, ...settings });
});

test("a parameter that is not known is refused by its name, without its value", () => {
  expect(() => bucketSettings("s3://states?role=arn:aws:iam::1:role/x")).toThrow(
    /^expected parameters .* in the backend's URL \(.*\bregion\b.*\), found role$/,
  );
});
