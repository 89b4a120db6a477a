import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { SshServer } from "../../providers/ssh-server";

/** What follows once the old value is noted: over a real SSH connection, with a `pulumi` that keeps config and a Redis in a file. */

const folder = mkdtempSync(path.join(os.tmpdir(), "finish-"));
const file = (name: string): string => path.join(folder, name);

/** Keeps a stack's config in a file. */
const PULUMI = `#!${process.execPath}
const fs = require("fs"), path = require("path");
const file = (name) => path.join(__dirname, name);
const config = JSON.parse(fs.readFileSync(file("config")));
const argv = process.argv.slice(2).filter((word, index, all) => word !== "--stack" && all[index - 1] !== "--stack");
if (argv[0] === "stack") return void console.log(fs.readFileSync(file(argv[1]), "utf8"));
if (argv[1] === "rm") delete config[argv[2]];
else if (argv[1] === "set") config[argv[3]] = { secret: true, value: fs.readFileSync(0, "utf8").replace(/\\n$/, "") };
else return void console.log(JSON.stringify(config));
fs.writeFileSync(file("config"), JSON.stringify(config));
fs.appendFileSync(file("calls"), process.argv.slice(2).join(" ") + "\\n");
`;

/** A Redis whose passwords stand in a file, each as its login has it. */
const DOCKER = `#!/bin/sh
login=$(head -n 1)
if grep -qF -- "$login" "${file("admitted")}"; then echo accepted; else echo refused; fi
`;

jest.mock("../../../../toolchain/environment", () => ({
  projectRoot: folder,
  localDirectory: folder,
  pulumiEnvironment: () => ({ ...process.env, PULUMI_CONFIG_PASSPHRASE: "" }),
}));

/** What an `up` does: Redis takes what it is given. */
const mockUps: (() => number)[] = [];
let upCount = 0;
jest.mock("../../../../commands/up/bring-up", () => ({
  bringUp: () => {
    upCount += 1;
    return Promise.resolve((mockUps.shift() ?? takeAll)());
  },
}));

// Nobody waits for a program that is no program.
jest.mock("node:timers/promises", () => ({ setTimeout: () => Promise.resolve() }));

type Config = Record<string, { secret: boolean; value: string }>;
const configOf = (): Config => JSON.parse(readFileSync(file("config"), "utf8")) as Config;
const rotating = (): unknown => {
  const value = configOf()["vpai:rotating"]?.value;
  return value === undefined ? undefined : JSON.parse(value);
};
const password = (): string => configOf()["secrets:redisPassword"]?.value ?? "";

const login = (value: string): string =>
  `AUTH default "${[...Buffer.from(value)].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("")}"`;
const admit = (...values: string[]): void => writeFileSync(file("admitted"), values.map(login).join("\n") + "\n");

function takeAll(): number {
  const { redisPassword } = (rotating() ?? {}) as Record<string, { before: string; ends?: true }>;
  const before = redisPassword === undefined || redisPassword.ends === true ? [] : [redisPassword.before];
  admit(password(), ...before);
  return 0;
}

const OLD = "canary-of-the-old-one";
let server: SshServer;
let finish: (stack: string, begun: { isUp: boolean }) => Promise<number>;
const said: string[] = [];

beforeAll(async () => {
  server = await SshServer.start();
  for (const [name, text] of Object.entries({ pulumi: PULUMI, docker: DOCKER })) {
    writeFileSync(file(name), text);
    chmodSync(file(name), 0o755);
  }
  process.env["PATH"] = `${folder}:${process.env["PATH"] ?? ""}`;
  const services = { redis: { container: "vpai_redis", urls: [] } };
  const hosts = { "sese-ai": { connection: server.connection, publicAddress: "192.0.2.1", services } };
  writeFileSync(file("output"), JSON.stringify({ hosts }));
  writeFileSync(file("export"), JSON.stringify({ deployment: { resources: [] } }));
  const hear = (text: unknown): void => void said.push(String(text));
  jest.spyOn(console, "log").mockImplementation(hear);
  jest.spyOn(console, "error").mockImplementation(hear);
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- after what it is given in place of others
  ({ finishRotations: finish } = require("../../../../commands/rotate/finish") as { finishRotations: typeof finish });
});

beforeEach(() => {
  upCount = 0;
  mockUps.length = 0;
  said.length = 0;
  const plain = {
    "vpai:platform": "vpai",
    "vpai:domain": "vpai.test",
    "vpai:tls": "internal",
    "vpai:services": '["core"]',
    "vpai:hosts": '{"sese-ai":{"machine":{"kind":"lab"},"memoryMiB":8192,"architecture":"amd64"}}',
  };
  const secret = {
    "secrets:redisPassword": OLD,
    "vpai:rotating": JSON.stringify({ redisPassword: { before: OLD } }),
  };
  const entries = (values: object, isSecret: boolean) =>
    Object.entries(values).map(([key, value]) => [key, { secret: isSecret, value: value as string }]);
  writeFileSync(
    file("config"),
    JSON.stringify(Object.fromEntries([...entries(plain, false), ...entries(secret, true)])),
  );
  writeFileSync(file("calls"), "");
  admit(OLD);
});

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

const ROW =
  /^redisPassword +sese-ai\/redis, sese-ai\/backup-sese-ai +accepted \(the default user of redis\) +refused \(the default user of redis\) +no site$/m;

test("both values first, then the new one alone; both are tried, nothing is shown, and the note goes", async () => {
  const admitted: number[] = [];
  mockUps.push(
    () => (takeAll(), admitted.push(readFileSync(file("admitted"), "utf8").trim().split("\n").length), 0),
    () => (takeAll(), admitted.push(readFileSync(file("admitted"), "utf8").trim().split("\n").length), 0),
  );
  expect(await finish("lab", { isUp: false })).toBe(0);
  expect([upCount, admitted]).toEqual([2, [2, 1]]);
  expect(password()).toMatch(/^[A-Za-z0-9]{32}$/);
  expect(said.join("\n")).toMatch(ROW);
  expect(rotating()).toBeUndefined();
  for (const text of [said.join("\n"), server.lines.join("\n"), readFileSync(file("calls"), "utf8")]) {
    expect(text).not.toContain("canary");
    expect(text).not.toContain(password());
  }
});

test("an up that fails leaves the note, and the next run goes on with the same new value", async () => {
  mockUps.push(() => 3);
  expect(await finish("lab", { isUp: false })).toBe(1);
  expect(said.join("\n")).toContain("The rotation is not over");
  expect(rotating()).toEqual({ redisPassword: { before: OLD } });
  const given = password();
  expect(given).not.toBe(OLD);
  expect(await finish("lab", { isUp: false })).toBe(0);
  expect([password(), rotating()]).toEqual([given, undefined]);
});

test("an up that was there already is not done again, unless the new value came after it", async () => {
  expect(await finish("lab", { isUp: true })).toBe(0);
  expect(upCount).toBe(2);
  writeFileSync(
    file("config"),
    JSON.stringify({
      ...configOf(),
      "vpai:rotating": { secret: true, value: JSON.stringify({ redisPassword: { before: OLD } }) },
    }),
  );
  upCount = 0;
  expect(await finish("lab", { isUp: true })).toBe(0);
  expect(upCount).toBe(1);
});

test("a new value that is refused ends it there: the old one stays in force", async () => {
  mockUps.push(() => (admit(OLD), 0));
  expect(await finish("lab", { isUp: false })).toBe(1);
  expect(upCount).toBe(1);
  expect(rotating()).toEqual({ redisPassword: { before: OLD } });
  expect(said.join("\n")).toContain("expected the new value accepted, found refused");
});

test("an old value that is still let in is no end, until it is refused", async () => {
  const stubborn = (): number => (admit(OLD, password()), 0);
  mockUps.push(stubborn, stubborn);
  expect(await finish("lab", { isUp: false })).toBe(1);
  expect(said.join("\n")).toContain("expected the old value refused, found accepted");
  expect(rotating()).toEqual({ redisPassword: { before: OLD, ends: true } });
  expect(await finish("lab", { isUp: false })).toBe(0);
  expect(rotating()).toBeUndefined();
});

test("a killed second up is done again: nobody takes it for done", async () => {
  mockUps.push(takeAll, () => 137);
  expect(await finish("lab", { isUp: false })).toBe(1);
  expect(rotating()).toEqual({ redisPassword: { before: OLD, ends: true } });
  upCount = 0;
  expect(await finish("lab", { isUp: false })).toBe(0);
  expect(upCount).toBe(1);
  expect(said.join("\n")).toMatch(ROW);
});
