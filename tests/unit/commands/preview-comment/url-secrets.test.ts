import { renderPreview } from "../../../../commands/preview-comment/render";
import { secretsOfEnvironment } from "../../../../commands/preview-comment/secret-values";
import { maskUrls, secretsOfUrl } from "../../../../commands/preview-comment/url-secrets";

it.each([
  ["postgres://pulumi:hunter2@db:5432/state", "postgres://[secret]@db:5432/state"],
  ["postgres://pulumi:hun@ter2@db/state", "postgres://[secret]@db/state"],
  ["postgres://pulumi:hun/ter#2?@db/state", "postgres://[secret]@db/state"],
  ["s3://AKID:key@bucket?region=eu", "s3://[secret]@bucket?region=eu"],
  ["https://hunter2@git.test/x", "https://[secret]@git.test/x"],
  ["s3://b?endpoint=h:9000&secret_key=hunter2&region=eu", "s3://b?endpoint=h:9000&secret_key=[secret]&region=eu"],
  ["azblob://c?sv=1&sig=hun%2Fter2", "azblob://c?sv=1&sig=[secret]"],
  ["gs://b?access_id=me&X-Goog-Signature=hunter2", "gs://b?access_id=me&X-Goog-Signature=[secret]"],
  ["AccountName=s;AccountKey=hunter2==;Suffix=x", "AccountName=s;AccountKey=[secret];Suffix=x"],
])("V5: masks %s", (text, masked) => {
  expect(maskUrls(`error: cannot open "${text}": no`)).toBe(`error: cannot open "${masked}": no`);
});

it.each([
  "ssh://root@10.0.0.1:22",
  "http://registry:5000/name@sha256:abc",
  "file:///root/state?metadata=skip",
  "gs://b?private_key_path=/key.pem",
  "s3://bucket?region=eu&endpoint=s3.test:9000",
  "mail to owner@example.org: yes",
])("V5: leaves %s as it is", (text) => expect(maskUrls(text)).toBe(text));

it.each([
  ["postgres://pulumi:hun%2Fter2@db/state", ["hun%2Fter2", "hun/ter2"]],
  ["s3://b?endpoint=https%3A%2F%2Fme%3Ahunter2%40minio", ["hunter2"]],
  ["AccountKey=key==;x=y", ["key=="]],
  ["file:///root/state", []],
])("V5: finds the secrets of %s", (url, secrets) => expect(secretsOfUrl(url)).toEqual(secrets));

it("V5: keeps the backend's password out of the comment, in its URL and outside of it", () => {
  const url = "postgres://pulumi:hunter2-canary@db.test:5432/state";
  const text = renderPreview(
    { diagnostics: [{ severity: "error", message: `open ${url}: password "hunter2-canary" was refused` }] },
    { stack: "prod", secretValues: secretsOfEnvironment({ HOME: "/nowhere", PULUMI_BACKEND_URL: url }) },
  );
  expect(text).toContain('open postgres://[secret]@db.test:5432/state: password "[secret]" was refused');
  expect(text).not.toContain("hunter2");
});
