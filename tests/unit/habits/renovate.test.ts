import { readFileSync } from "node:fs";
import path from "node:path";
import { catalogue } from "../../../lab/images/catalogue";
import { imagesOf } from "../../../model/service";
import { platforms } from "../../../platforms";
import { projectRoot } from "../../../toolchain/environment";
import { projectFiles } from "../../project-files";

interface CustomManager {
  managerFilePatterns: string[];
  matchStrings: string[];
}

const { customManagers } = JSON.parse(readFileSync(path.join(projectRoot, "renovate.json"), "utf8")) as {
  customManagers: [CustomManager];
};
const [{ managerFilePatterns, matchStrings }] = customManagers;

/** Renovate's own notation of an expression: between slashes. */
const filePatterns = managerFilePatterns.map((pattern) => new RegExp(pattern.replace(/^\/|\/$/g, "")));

const sources = projectFiles().filter((file) => filePatterns.some((pattern) => pattern.test(file)));

const found = (text: string) =>
  matchStrings.flatMap((expression) => [...text.matchAll(new RegExp(expression, "g"))].map(({ groups }) => groups));

const foundIn = (chosen: readonly string[]): string[] =>
  chosen.flatMap((file) =>
    found(readFileSync(path.join(projectRoot, file), "utf8")).map(
      (groups) => `${groups?.["depName"]}:${groups?.["currentValue"]}`,
    ),
  );

test("finds the image of every service of every platform in its file, and nothing else", () => {
  const images = new Set(platforms.flatMap(({ services }) => imagesOf(services)));
  expect(images.size).toBeGreaterThan(15);
  const files = sources.filter((file) => !file.startsWith("lab/"));
  expect(new Set(foundIn(files))).toEqual(images);
  for (const file of files) expect(foundIn([file])).toEqual([...new Set(foundIn([file]))]);
});

test("finds the lab's images under the same references", () => {
  const references = catalogue.flatMap(({ reference }) => reference ?? []);
  expect(foundIn(["lab/images/catalogue.ts"]).sort()).toEqual(references.sort());
});

test.each([
  ['  image: "docker.io/library/redis:8.0.2",', "docker.io/library/redis", "8.0.2", undefined],
  ['{ image: "ghcr.io/a/b-c_d:v1.2.3-stable" }', "ghcr.io/a/b-c_d", "v1.2.3-stable", undefined],
  ['image: "registry.example.org:5000/a:1"', "registry.example.org:5000/a", "1", undefined],
  [`image: "docker.io/a/b:1@sha256:${"0".repeat(64)}"`, "docker.io/a/b", "1", `sha256:${"0".repeat(64)}`],
])("%s", (text, depName, currentValue, currentDigest) => {
  expect(found(text)).toEqual([expect.objectContaining({ depName, currentValue, currentDigest })]);
});

test.each(["image: string;", 'image: "redis"', 'image: "docker.io/library/redis"', "`image: ${reference}`"])(
  "%s is none",
  (text) => expect(found(text)).toEqual([]),
);
