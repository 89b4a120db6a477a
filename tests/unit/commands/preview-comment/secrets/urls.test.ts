import { renderPreview } from "../../../../../commands/preview-comment/render";
import { secretsOfEnvironment } from "../../../../../commands/preview-comment/secrets/values";
import { maskUrls, secretsOfUrl } from "../../../../../commands/preview-comment/secrets/urls";

it.each([
  ["postgres://pulumi:hunter2@db:5432/state", "postgres://[secret]@db:5432/state"],
  ["postgres://pulumi:hun@ter2@db/state", "postgres://[secret]@db/state"],
  ["postgres://pulumi:hun/ter#2?@db/state", "postgres://[secret]@db/state"],
  ["postgres://pulumi:pa'ss-word1@db/state", "postgres://[secret]@db/state"],
  ['postgres://pulumi:pa"ss-word1@db/state', "postgres://[secret]@db/state"],
  ["postgres://pulumi:pa`ss-word1@db/state", "postgres://[secret]@db/state"],
  ["postgres://pulumi:a<b>c@db", "postgres://[secret]@db"],
  ["postgres://pulumi:a b\tc@db", "postgres://[secret]@db"],
  ["postgres://pulumi:12/ab-cd@db", "postgres://[secret]@db"],
  ["postgres://pulumi:12'ab@db", "postgres://[secret]@db"],
  ["postgres://pulumi:1234@db:5432/state", "postgres://[secret]@db:5432/state"],
  ["postgres://pulumi:p@ss'wo@rd@db", "postgres://[secret]@db"],
  ["postgres://pulumi:a://b@db", "postgres://[secret]@db"],
  ["postgres://me@server:hunter2@db", "postgres://[secret]@db"],
  ["postgres://o'brien:hunter2@db", "postgres://[secret]@db"],
  ["redis://:hun'ter2@db", "redis://[secret]@db"],
  ["http://a:hun'ter2@b, http://c:d<e@f", "http://[secret]@b, http://[secret]@f"],
  ["s3://b?secret_key=hun'ter2&region=eu", "s3://b?secret_key=[secret]&region=eu"],
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
  '{"url":"http://loki:3100","mail":"owner@example.org"}',
  "http://loki:3100 is down. Ask owner@example.org",
  "<http://loki:3100>, owner@example.org",
  "file:///root/state?metadata=skip",
  "gs://b?private_key_path=/key.pem",
  "s3://bucket?region=eu&endpoint=s3.test:9000",
  "mail to owner@example.org: yes",
])("V5: leaves %s as it is", (text) => expect(maskUrls(text)).toBe(text));

it.each([
  ["postgres://pulumi:hun%2Fter2@db/state", ["hun%2Fter2", "hun/ter2"]],
  ["s3://b?endpoint=https%3A%2F%2Fme%3Ahunter2%40minio", ["hunter2"]],
  ["AccountKey=key==;x=y", ["key=="]],
  ["postgres://pulumi:pa'ss w<o>rd@1@db/state", ["pa'ss w<o>rd@1"]],
  ["postgres://pulumi:12/ab-cd@db", ["12/ab-cd"]],
  ["http://registry:5000/name@sha256:abc", []],
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

it.each(["pa'ss-word1", 'pa"ss-word1', "pa`ss-word1", "pa<ss>word1", "pa ss-word1", "12/ab-cd-ef", "p@ss-word1"])(
  "V5: finds the password %s of the backend's URL by itself",
  (password) => {
    const env = { HOME: "/nowhere", PULUMI_BACKEND_URL: `postgres://pulumi:${password}@db.test/state` };
    const error = { severity: "error", message: `the login pulumi with ${password} was refused` };
    const text = renderPreview({ diagnostics: [error] }, { stack: "prod", secretValues: secretsOfEnvironment(env) });
    expect(text).toContain("the login pulumi with [secret] was refused");
  },
);
