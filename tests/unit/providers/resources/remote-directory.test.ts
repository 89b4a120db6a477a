import "../without-sdk";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { remoteDirectoryKind, type RemoteDirectoryInputs } from "../../../../providers/resources/remote-directory";
import { SshServer } from "../ssh-server";

const SELF = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;

let server: SshServer;
let folder: string;
let inputs: RemoteDirectoryInputs;

beforeAll(async () => {
  server = await SshServer.start();
});

afterAll(() => server.stop());

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "remote-directory-"));
  inputs = { connection: server.connection, path: path.join(folder, "a b", "data"), owner: SELF, mode: "0700" };
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const kind = remoteDirectoryKind;
const permissions = (file: string): string => (statSync(file).mode & 0o7777).toString(8).padStart(4, "0");

test("makes the folder and its parents, with its own mode for itself alone", async () => {
  expect(await kind.ensure(inputs)).toEqual(inputs);
  expect([permissions(inputs.path), permissions(path.dirname(inputs.path))]).toEqual(["0700", "0755"]);
});

test("takes an existing folder on, with what it holds left alone", async () => {
  mkdirSync(inputs.path, { recursive: true });
  const file = path.join(inputs.path, "file");
  writeFileSync(file, "data");
  chmodSync(file, 0o604);
  await kind.ensure({ ...inputs, mode: "0750" });
  expect([permissions(inputs.path), permissions(file), readdirSync(inputs.path)]).toEqual(["0750", "0604", ["file"]]);
});

test("sees another mode, and a folder that is gone", async () => {
  await kind.ensure(inputs);
  chmodSync(inputs.path, 0o1777);
  expect(await kind.observe(inputs)).toEqual({ ...inputs, mode: "1777" });
  rmSync(inputs.path, { recursive: true });
  expect(await kind.observe(inputs)).toBeUndefined();
});

test("T15: one that was there before is made anew only when told so", async () => {
  const refusal = (): never => {
    throw new Error("not told so");
  };
  await expect(kind.ensure(inputs, inputs, refusal)).rejects.toThrow("not told so");
  expect(existsSync(inputs.path)).toBe(false);
  await kind.ensure(inputs, inputs, () => undefined);
  expect(permissions(inputs.path)).toBe("0700");
  await kind.ensure({ ...inputs, mode: "0750" }, inputs, refusal);
  expect(permissions(inputs.path)).toBe("0750");
});

test("T22: a link in its place is refused by name, and what it points to is left alone", async () => {
  const elsewhere = path.join(folder, "elsewhere");
  mkdirSync(elsewhere, { mode: 0o755 });
  mkdirSync(path.dirname(inputs.path), { recursive: true });
  symlinkSync(elsewhere, inputs.path);
  const said =
    `expected a folder at ${inputs.path}, found a link to ${elsewhere}: put the folder itself there, ` +
    "by a mount where it lies on another disk";
  await expect(kind.ensure(inputs)).rejects.toThrow(said);
  await expect(kind.observe(inputs)).rejects.toThrow(said);
  expect(permissions(elsewhere)).toBe("0755");
});

test("a file in its place is not the folder", async () => {
  mkdirSync(path.dirname(inputs.path), { recursive: true });
  writeFileSync(inputs.path, "a file");
  expect(await kind.observe(inputs)).toBeUndefined();
  await expect(kind.ensure(inputs)).rejects.toThrow(/File exists/);
});

test("only an empty folder is removed: anything in it is data", async () => {
  await kind.ensure(inputs);
  writeFileSync(path.join(inputs.path, "file"), "data");
  await kind.remove(inputs);
  expect(readdirSync(inputs.path)).toEqual(["file"]);
  rmSync(path.join(inputs.path, "file"));
  await kind.remove(inputs);
  expect(existsSync(inputs.path)).toBe(false);
  await expect(kind.remove(inputs)).resolves.toBeUndefined();
});
