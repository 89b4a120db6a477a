import "../without-sdk";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { keptSecretKind as kind, type KeptSecretInputs } from "../../../../providers/resources/kept-secret";
import { SshServer } from "../ssh-server";

let server: SshServer;
let folder: string;
let inputs: KeptSecretInputs;

beforeAll(async () => {
  server = await SshServer.start();
});

afterAll(() => server.stop());

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "kept-secret-"));
  inputs = {
    connection: server.connection,
    path: path.join(folder, "made", "apiKey"),
    made: "first $'\n value",
    kept: true,
  };
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const permissions = (file: string): string => (statSync(file).mode & 0o7777).toString(8);

test("T3: what was made is kept byte for byte, where root alone reads it", async () => {
  expect(await kind.ensure(inputs)).toEqual({ ...inputs, value: "first $'\n value" });
  expect(readFileSync(inputs.path, "utf8")).toBe("first $'\n value");
  expect([permissions(inputs.path), permissions(path.dirname(inputs.path))]).toEqual(["600", "700"]);
});

test("T3: a value that the host has already is taken, and not written over by a new one", async () => {
  await kind.ensure(inputs);
  const { ino, mtimeMs } = statSync(inputs.path);
  const found = await kind.ensure({ ...inputs, made: "another one" });
  expect(found).toEqual({ ...inputs, made: "another one", value: "first $'\n value" });
  expect(statSync(inputs.path)).toMatchObject({ ino, mtimeMs });
});

test("an empty copy, as a full disk leaves one, is no value", async () => {
  await kind.ensure(inputs);
  writeFileSync(inputs.path, "");
  expect((await kind.ensure(inputs)).value).toBe("first $'\n value");
});

test("another one made on purpose takes the place of the one that the state knows", async () => {
  const before = await kind.ensure(inputs);
  expect(await kind.ensure({ ...inputs, made: "second" }, before)).toMatchObject({ value: "second" });
  expect(readFileSync(inputs.path, "utf8")).toBe("second");
});

test.each([
  ["gone", (file: string) => rmSync(file)],
  ["changed by hand", (file: string) => writeFileSync(file, "changed")],
])("a copy that is %s is drift; the state's value is written again", async (_what, harm) => {
  await kind.ensure(inputs);
  const state = await kind.ensure({ ...inputs, made: "another one" });
  harm(inputs.path);
  const seen = await kind.observe(state);
  expect(seen).toEqual({ ...state, kept: false });
  expect(await kind.ensure({ ...inputs, made: "another one" }, seen)).toEqual(state);
  expect(readFileSync(inputs.path, "utf8")).toBe("first $'\n value");
});

test("goes with its resource", async () => {
  const state = await kind.ensure(inputs);
  await kind.remove(state);
  expect(existsSync(inputs.path)).toBe(false);
  await kind.remove(state);
});
