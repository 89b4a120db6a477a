import "../without-sdk";
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { utils } from "ssh2";
import { sshKeyKind } from "../../../../providers/resources/ssh-key";
import { generatePair } from "../../../../providers/ssh/key-pair";

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "ssh-key-"));
  file = path.join(folder, "new folder", "id_ed25519");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What OpenSSH makes of a private key. */
function publicHalf(privateKey: string): string {
  const copy = path.join(folder, "copy");
  writeFileSync(copy, privateKey, { mode: 0o600 });
  const [type = "", blob = ""] = execFileSync("ssh-keygen", ["-y", "-f", copy], { encoding: "utf8" }).split(" ");
  return `${type} ${blob.trim()}`;
}

const kind = sshKeyKind;

test("a key in the state: OpenSSH reads the private half, and the public one belongs to it", async () => {
  const key = await kind.ensure({ comment: "host vpai" });
  expect(key.publicKey).toMatch(/^ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA[A-Za-z0-9+/]{44}$/);
  expect(publicHalf(key.privateKey)).toBe(key.publicKey);
  expect(await kind.observe(key)).toEqual(key);
});

test("a pair that cannot be read is not handed out", async () => {
  const right = await generatePair("host");
  const broken = { ...right, private: right.private.replace(/\n.{60}/, "\n") };
  expect(utils.parseKey(broken.private)).toBeInstanceOf(Error);
  const generate = jest.spyOn(utils, "generateKeyPairSync");
  for (const pair of [broken, broken, right]) generate.mockReturnValueOnce(pair);
  const key = await kind.ensure({ comment: "host" });
  expect(generate).toHaveBeenCalledTimes(3);
  expect(publicHalf(key.privateKey)).toBe(key.publicKey);
  generate.mockRestore();
});

test("none of many pairs is broken", async () => {
  for (let made = 0; made < 600; made += 1) {
    const pair = await generatePair("host");
    const [, blob = ""] = pair.public.split(" ");
    // Length and name of the type, length and 32 bytes of the key.
    expect(Buffer.from(blob, "base64").length).toBe(4 + 11 + 4 + 32);
  }
});

test("every key is another one", async () => {
  const keys = await Promise.all(Array.from({ length: 5 }, () => kind.ensure({ comment: "same" })));
  expect(new Set(keys.map(({ publicKey }) => publicKey)).size).toBe(5);
});

test("an update keeps the key", async () => {
  const key = await kind.ensure({ comment: "host" });
  expect(await kind.ensure({ comment: "host" }, key)).toEqual(key);
});

test("a key in a file: for its owner alone, and not in the state", async () => {
  const inputs = { comment: "operator", privateKeyFile: file };
  const key = await kind.ensure(inputs);
  expect(key.privateKey).toBe("");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
  expect(publicHalf(readFileSync(file, "utf8"))).toBe(key.publicKey);
});

test("a key that lies there already is taken on, whoever made it", async () => {
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "mine", "-f", path.join(folder, "own")]);
  const before = readFileSync(path.join(folder, "own"), "utf8");
  const key = await kind.ensure({ comment: "operator", privateKeyFile: path.join(folder, "own") });
  expect(readFileSync(path.join(folder, "own"), "utf8")).toBe(before);
  expect(readFileSync(path.join(folder, "own.pub"), "utf8")).toBe(`${key.publicKey} mine\n`);
});

test("sees that the file is gone, or holds another key", async () => {
  const inputs = { comment: "operator", privateKeyFile: file };
  const [key, other] = [await kind.ensure(inputs), await kind.ensure({ comment: "other" })];
  expect(await kind.observe(key)).toEqual(key);
  writeFileSync(file, other.privateKey);
  expect(await kind.observe(key)).toEqual({ ...key, publicKey: other.publicKey });
  rmSync(file);
  expect(await kind.observe(key)).toBeUndefined();
});

test("a file that is no key is not overwritten; the error says what to do", async () => {
  writeFileSync(path.join(folder, "notes"), "not a key");
  chmodSync(path.join(folder, "notes"), 0o600);
  const inputs = { comment: "operator", privateKeyFile: path.join(folder, "notes") };
  await expect(kind.ensure(inputs)).rejects.toThrow(
    /notes: expected an SSH private key: .*; remove the file to have a new one made/,
  );
  expect(readFileSync(inputs.privateKeyFile, "utf8")).toBe("not a key");
});

test("deleting takes the file away, and is content when it is gone", async () => {
  const key = await kind.ensure({ comment: "operator", privateKeyFile: file });
  await kind.remove(key);
  expect(existsSync(file)).toBe(false);
  await expect(kind.remove(key)).resolves.toBeUndefined();
  await expect(kind.remove(await kind.ensure({ comment: "host" }))).resolves.toBeUndefined();
});

describe("T3: a copy beside the state", () => {
  test("is found again by who lost the state, and goes with the key", async () => {
    const key = await kind.ensure({ comment: "host vpai", copyFile: file });
    expect([statSync(file).mode & 0o777, readFileSync(file, "utf8")]).toEqual([0o600, key.privateKey]);
    expect(publicHalf(key.privateKey)).toBe(key.publicKey);
    expect(await kind.ensure({ comment: "host vpai", copyFile: file })).toEqual(key);
    await kind.remove(key);
    expect(existsSync(file)).toBe(false);
  });

  test("counts for nothing while the state knows the key", async () => {
    const key = await kind.ensure({ comment: "host vpai" });
    expect(await kind.ensure({ comment: "host vpai", copyFile: file }, key)).toMatchObject({
      privateKey: key.privateKey,
    });
    rmSync(folder, { recursive: true });
    expect(await kind.observe({ ...key, copyFile: file })).toEqual({ ...key, copyFile: file });
  });
});
