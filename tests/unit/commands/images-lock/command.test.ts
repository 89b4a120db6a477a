import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { LOCK_FILE } from "../../../../images/lock";
import { imagesOf } from "../../../../model/service";
import { allServices } from "../../../../platforms";
import { runCommand } from "../run-command";
import { FakeRegistry } from "../../images/fake-registry";

/** `make images-lock` against a registry that has all images of the platform. */

const REDIS = "docker.io/library/redis:8.0.2";
const OLD = { digest: `sha256:${"0".repeat(64)}`, architectures: ["amd64"] };

let registry: FakeRegistry;
let folder: string;
let file: string;

beforeAll(async () => {
  registry = await FakeRegistry.start();
});
beforeEach(() => {
  registry.reset();
  registry.demands = "bearer";
  for (const image of imagesOf(allServices)) put(image, "arm64");
  folder = mkdtempSync(path.join(tmpdir(), "images-lock-"));
  file = path.join(folder, "lock.json");
});
afterEach(() => rmSync(folder, { recursive: true }));
afterAll(() => registry.stop());

/** Gives the registry a list of images under a production reference. @returns its digest */
function put(reference: string, architecture: string): string {
  const [, repository = "", tag = ""] = /^[^/]+\/(.+):([^:]+)$/.exec(reference) ?? [];
  const manifests = [{ platform: { os: "linux", architecture } }, { platform: { os: "linux", architecture: "s390x" } }];
  return registry.put(repository, tag, { manifests, annotations: { repository } });
}

const images = (env: Record<string, string> = {}) =>
  runCommand("images-lock", { MIRROR: registry.endpoint, LOCK: file, ...env });
const written = (): unknown => JSON.parse(readFileSync(file, "utf8"));

test("writes what the registry has for every service's image; a second run finds it the same", async () => {
  expect(await images()).toMatchObject({ code: 0, err: "" });
  const lock = written() as Record<string, unknown>;
  expect(Object.keys(lock)).toHaveLength(new Set(imagesOf(allServices)).size);
  expect(lock[REDIS]).toEqual({ digest: put(REDIS, "arm64"), architectures: ["arm64"] });
  expect(await images({ CHECK: "1" })).toMatchObject({ code: 0, err: "" });
});

test("one image without an answer: one line says so, its entry stays, the others are written, and the exit code is 1", async () => {
  registry.content.delete("library/redis/manifests/8.0.2");
  writeFileSync(file, JSON.stringify({ [REDIS]: OLD }));
  const { code, err, out } = await images();
  expect([code, err]).toEqual([1, `${REDIS}: the registry has no library/redis:8.0.2: correct the tag`]);
  expect(out).toMatch(/redis:8\.0\.2 +kept +sha256:0{64} /);
  expect(written()).toMatchObject({ [REDIS]: OLD });
  expect(Object.keys(written() as object)).toHaveLength(new Set(imagesOf(allServices)).size);
});

test("CHECK=1 writes nothing and fails on what is new, moved or unused", async () => {
  const unused = "docker.io/library/redis:7.0.0";
  const before = JSON.stringify({ [REDIS]: OLD, [unused]: OLD });
  writeFileSync(file, before);
  const { code, out } = await images({ CHECK: "1" });
  expect(code).toBe(1);
  expect(out).toMatch(/redis:8\.0\.2 +moved +/);
  expect(out).toMatch(/redis:7\.0\.0 +unused/);
  expect(out).toMatch(/postgres:\S+ +new +/);
  expect(readFileSync(file, "utf8")).toBe(before);
});

test("CHECK=0 is refused before anything is asked or written", async () => {
  const { code, err } = await images({ CHECK: "0" });
  expect([code, err]).toEqual([1, expect.stringContaining('CHECK\n    expected: 1, or nothing\n    found:    "0"')]);
  expect(existsSync(file)).toBe(false);
});

test("what nothing uses any more is removed", async () => {
  writeFileSync(file, JSON.stringify({ "docker.io/library/redis:7.0.0": OLD }));
  expect((await images()).out).toMatch(/redis:7\.0\.0 +removed/);
  expect(Object.keys(written() as object)).not.toContain("docker.io/library/redis:7.0.0");
});

test("digests of another registry never get into production's lock", async () => {
  const before = readFileSync(LOCK_FILE, "utf8");
  const { code, err } = await images({ LOCK: "" });
  expect([code, err]).toEqual([1, expect.stringContaining("LOCK=<another file>")]);
  expect(readFileSync(LOCK_FILE, "utf8")).toBe(before);
  expect(registry.requests).toEqual([]);
  expect(existsSync(file)).toBe(false);
});
