import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { wantedReferences } from "../../../commands/images-lock/references";
import { LOCK_FILE, lockedArchitectures, readLock, writeLock } from "../../../images/lock";
import { allServices } from "../../../platforms";
import { projectRoot } from "../../../toolchain/environment";

const REDIS = "docker.io/library/redis:8.0.2";
const CADDY = "ghcr.io/mobutoo/vpai-caddy:2.10.2";
const DIGEST = `sha256:${"a".repeat(64)}`;
const LOCKED = { digest: DIGEST, architectures: ["amd64", "arm64"] } as const;

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "images-lock-"));
  file = path.join(folder, "lock.json");
});
afterEach(() => rmSync(folder, { recursive: true }));

test("the project's own lock is one, and has only images that something uses", () => {
  const wanted = wantedReferences(allServices, projectRoot);
  expect(Object.keys(readLock(LOCK_FILE)).filter((reference) => !wanted.includes(reference))).toEqual([]);
});

test("what was written is read back, sorted, one line an item, whatever the order was", () => {
  writeLock({ [CADDY]: { ...LOCKED, architectures: [] }, [REDIS]: LOCKED }, file);
  expect(readFileSync(file, "utf8").split("\n").slice(0, 8)).toEqual([
    "{",
    `  "${REDIS}": {`,
    `    "digest": "${DIGEST}",`,
    '    "architectures": [',
    '      "amd64",',
    '      "arm64"',
    "    ]",
    "  },",
  ]);
  expect(readLock(file)).toEqual({ [REDIS]: LOCKED, [CADDY]: { digest: DIGEST, architectures: [] } });
});

test("architectures are known for what is in the lock only", () => {
  const lock = { [REDIS]: LOCKED };
  expect(lockedArchitectures(REDIS, lock)).toEqual(["amd64", "arm64"]);
  expect(lockedArchitectures(CADDY, lock)).toBeUndefined();
});

test.each([
  ["a short digest", { [REDIS]: { ...LOCKED, digest: "sha256:abc" } }, `${REDIS} digest: expected sha256:`],
  ["an unknown architecture", { [REDIS]: { ...LOCKED, architectures: ["x86"] } }, `${REDIS} architectures 0: `],
  ["a reference without a registry", { "redis:8": LOCKED }, "redis:8: "],
  ["a moving tag", { "docker.io/library/redis:latest": LOCKED }, "docker.io/library/redis:latest: "],
  ["a key that nothing reads", { [REDIS]: { ...LOCKED, checked: "2026" } }, `${REDIS}: `],
  ["a list", [], "expected record"],
])("%s is refused, with its place", (_, content, expected) => {
  writeFileSync(file, JSON.stringify(content));
  expect(() => readLock(file)).toThrow(`${file} is not a lock of images`);
  expect(() => readLock(file)).toThrow(expected);
});

test("a file that a merge left in pieces is named", () => {
  writeFileSync(file, '{\n<<<<<<< HEAD\n  "a": 1\n');
  expect(() => readLock(file)).toThrow(`${file} is not a lock of images`);
});
