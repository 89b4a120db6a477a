import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { S3Server } from "../harness/s3";
import { TinyStack } from "../harness/tiny";

/** A state in a bucket of a real S3 server, which keeps objects as files. */

jest.setTimeout(900_000);

const KEYS = { AWS_ACCESS_KEY_ID: S3Server.accessKey, AWS_SECRET_ACCESS_KEY: S3Server.secretKey };

let folder: string;
let stateFile: string;
const copies = (): string[] =>
  readdirSync(path.join(folder, ".pulumi-copies", "vpai", "lab")).filter((name) => name.startsWith("20"));

let server: S3Server;
let tiny: TinyStack;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  server = await S3Server.start("127.0.0.1", ["states"]);
  folder = path.join(server.root, "states", "some", "where");
  stateFile = path.join(folder, ".pulumi", "stacks", "vpai", "lab.json");
  const query = `region=us-east-1&endpoint=${server.address}&disableSSL=true&s3ForcePathStyle=true`;
  env = { ...KEYS, PULUMI_BACKEND_URL: `s3://states/some/where?${query}` };
  tiny = await TinyStack.prepare("state-bucket");
  expect(await tiny.make("up", { ...env, TRIGGER: "first" })).toMatchObject({ code: 0 });
}, 1_200_000);

afterAll(async () => {
  server.stop();
  await tiny.lab.remove();
}, 300_000);

test("T5: the bucket has the copies, under the backend's own prefix", async () => {
  await tiny.make("up", { ...env, TRIGGER: "second" });
  expect(copies()).toHaveLength(2);
});

test("T5: a damaged state in a bucket is refused, and restored", async () => {
  const whole = readFileSync(stateFile);
  writeFileSync(stateFile, whole.subarray(0, 700));
  const { code, all } = await tiny.make("up", env);
  expect(code).not.toBe(0);
  expect(all).toContain(
    "the state of stack lab is damaged: s3://states/some/where/.pulumi/stacks/vpai/lab.json is cut short after 700 bytes. Nothing was changed. The newest good copy is of",
  );
  expect(await tiny.make("state-restore YES=1", env)).toMatchObject({ code: 0 });
  expect(readFileSync(stateFile).equals(whole)).toBe(true);
  expect(await tiny.make("up", { ...env, TRIGGER: "second" })).toMatchObject({ code: 0 });
});

test("T2: of two ups at once in a bucket one is told of the other in our words", async () => {
  const ends = await Promise.all([1, 2].map((run) => tiny.make("up", { ...env, TRIGGER: `run ${run}` })));
  expect(ends.filter(({ code }) => code === 0)).toHaveLength(1);
  expect(ends.filter(({ code }) => code !== 0).map(({ all }) => all)).toEqual([
    expect.stringMatching(/^another run \(process \d+ on \S+\) works on stack lab; wait for it\./),
  ]);
});

test("T1: the lock of a run that was killed is released in a bucket, too", async () => {
  const locks = path.join(folder, ".pulumi", "locks", "organization", "vpai", "lab");
  mkdirSync(locks, { recursive: true });
  writeFileSync(path.join(locks, "cut.json"), "");
  const { code, all } = await tiny.make("up", { ...env, TRIGGER: "last" });
  expect([code, all.includes("Releasing the lock of a run that was interrupted (s3://states/")]).toEqual([0, true]);
});
