import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { forgetVersion, keepVersion, lastHealthyVersion, type Place } from "../../../../providers/docker/last-healthy";
import { LocalRunner } from "../../../../providers/local-runner";

/** The folder that keeps a healthy version, on this machine's file system. */

const host = new LocalRunner();
let root: string;
let place: Place;

beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), "last healthy-"));
  place = { container: "vpai_n8n", lastHealthy: `${root}/it's last/n8n`, configs: `${root}/configs/n8n` };
});

afterEach(() => rmSync(root, { recursive: true }));

const version = (containerId: string): Parameters<typeof keepVersion>[2] => ({
  containerId,
  revision: "1",
  image: "docker.io/n8nio/n8n:2.7.3",
  description: { Image: "sha256:1", Env: ["A='$(id)'\n"] },
});

test("no version is kept at first", async () => {
  expect(await lastHealthyVersion(host, place)).toBeUndefined();
});

test("a version comes back as it was, readable by root alone", async () => {
  await keepVersion(host, place, version("a"));
  expect(await lastHealthyVersion(host, place)).toEqual(version("a"));
  expect(statSync(place.lastHealthy).mode & 0o777).toBe(0o700);
});

test("files are kept as they were, with their modes", async () => {
  mkdirSync(place.configs, { recursive: true });
  writeFileSync(`${place.configs}/n8n.conf`, "one", { mode: 0o640 });
  await keepVersion(host, place, version("a"));
  writeFileSync(`${place.configs}/n8n.conf`, "two");
  expect(readFileSync(`${place.lastHealthy}/configs/n8n.conf`, "utf8")).toBe("one");
  expect(statSync(`${place.lastHealthy}/configs/n8n.conf`).mode & 0o777).toBe(0o640);
});

test("a later version takes the place of an earlier one, files included", async () => {
  mkdirSync(place.configs, { recursive: true });
  writeFileSync(`${place.configs}/old.conf`, "");
  await keepVersion(host, place, version("a"));
  rmSync(`${place.configs}/old.conf`);
  await keepVersion(host, place, version("b"));
  expect(await lastHealthyVersion(host, place)).toMatchObject({ containerId: "b" });
  expect(existsSync(`${place.lastHealthy}/configs/old.conf`)).toBe(false);
});

test("an interrupted keeping leaves the earlier version", async () => {
  await keepVersion(host, place, version("a"));
  mkdirSync(`${place.lastHealthy}.new`);
  writeFileSync(`${place.lastHealthy}.new/version.json`, "{");
  expect(await lastHealthyVersion(host, place)).toMatchObject({ containerId: "a" });
  await keepVersion(host, place, version("b"));
  expect(await lastHealthyVersion(host, place)).toMatchObject({ containerId: "b" });
});

test("forgetting it twice is no error", async () => {
  await keepVersion(host, place, version("a"));
  await forgetVersion(host, place);
  await forgetVersion(host, place);
  expect(await lastHealthyVersion(host, place)).toBeUndefined();
});
