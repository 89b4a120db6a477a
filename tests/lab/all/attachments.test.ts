import nocodb from "../../../platforms/vpai/services/nocodb";
import { contextWith } from "../../context";
import { eventually } from "../../eventually";
import { docker, hardened, image, inside, minute, mounted, run, start, useImages } from "../harness/containers";
import { S3Server } from "../harness/s3";

/** NocoDB's attachments, in a bucket of a real S3 server, with the settings that the platform gives it. */

useImages("postgres", "nocodb");

const CONTENT = "attached by a test\n";
const account = { email: "owner@lab.test", password: "canary-Password-1" };

let bucket: S3Server;
let address: string;

beforeAll(async () => {
  const gateway = docker("network", "inspect", "--format", "{{(index .IPAM.Config 0).Gateway}}", run);
  bucket = await S3Server.start(gateway, ["vpai-shared"]);
  start("db", image("postgres"), ["--env", "POSTGRES_PASSWORD=secret", "--env", "POSTGRES_DB=nocodb"]);
  await eventually(() => inside("db", "pg_isready", "--host", "127.0.0.1"), 60);
  const connection = { host: `${run}-db`, port: 5432, user: "postgres", password: "secret", database: "nocodb" };
  const settings = {
    attachmentsBucket: "vpai-shared",
    attachmentsEndpoint: `http://${bucket.address}`,
    attachmentsRegion: "us-east-1",
  };
  const variables = {
    ...nocodb.environment?.(contextWith({ settings })),
    NC_S3_ACCESS_KEY: S3Server.accessKey,
    NC_S3_ACCESS_SECRET: S3Server.secretKey,
    NC_DB_JSON_FILE: "/run/secrets/database.json",
    NC_AUTH_JWT_SECRET: "canary-jwt-secret",
  };
  start("nocodb", image("nocodb"), [
    ...hardened,
    ...Object.entries(variables).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
    ...mounted("/run/secrets/database.json", JSON.stringify({ client: "pg", connection })),
  ]);
  await eventually(() => inside("nocodb", ...nocodb.health.test), 240);
  address = docker("inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", `${run}-nocodb`);
}, 30 * minute);

afterAll(() => bucket.stop());

const url = (where: string): string => `http://${address}:8080${where}`;

async function token(): Promise<string> {
  const headers = { "content-type": "application/json" };
  const options = { method: "POST", headers, body: JSON.stringify(account) };
  const { token: given } = (await (await fetch(url("/api/v1/auth/user/signup"), options)).json()) as { token: string };
  return given;
}

test("an uploaded attachment is an object in the bucket, not a file in the container, and is read back from there", async () => {
  const form = new FormData();
  form.append("file", new Blob([CONTENT], { type: "text/plain" }), "note.txt");
  const headers = { "xc-auth": await token() };
  const response = await fetch(url("/api/v2/storage/upload?path=test"), { method: "POST", headers, body: form });
  expect(response.status).toBe(200);
  const [attachment] = (await response.json()) as { title: string; signedUrl?: string; url?: string }[];
  expect(attachment?.title).toBe("note.txt");
  const objects = bucket.objects("vpai-shared").filter((key) => key.endsWith(".txt"));
  expect(objects).toEqual([expect.stringMatching(/^nc\/uploads\/.*note.*\.txt$/)]);
  expect(inside("nocodb", "find", "/usr/app/data", "-name", "*note*")).toBe("");
  const link = attachment?.signedUrl;
  if (link === undefined)
    throw new Error(`expected a signed address of the attachment, found ${JSON.stringify(attachment)}`);
  expect(await (await fetch(link)).text()).toBe(CONTENT);
});
