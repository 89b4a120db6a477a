import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { catalogue } from "../../lab/images/catalogue";
import { recipeDirectory, recipeFiles } from "../../lab/images/recipe";

const files = catalogue.flatMap(({ name }) => recipeFiles(name).map((file) => path.join(recipeDirectory(name), file)));
const ending = (suffix: string): string[] => files.filter((file) => file.endsWith(suffix));
const shown = (file: string): string => path.relative(path.join(__dirname, "../.."), file);

test.each(ending(".sh").map((file) => [shown(file), file]))("%s is read by its shell", (_shown, file) => {
  const shell = /^#!(\/bin\/(?:ba)?sh)\n/.exec(readFileSync(file, "utf8"))?.[1];
  expect(shell).toBeDefined();
  expect(execFileSync(shell ?? "", ["-n", file], { encoding: "utf8" })).toBe("");
});

test.each(ending("Dockerfile").map((file) => [shown(file), file]))(
  "%s builds on our own base alone",
  (_shown, file) => {
    const text = readFileSync(file, "utf8");
    const stages = [...text.matchAll(/^FROM\s+(\S+)/gm)].map(([, image]) => image);
    const named = [...text.matchAll(/^FROM\s+\S+\s+AS\s+(\S+)/gim)].map(([, name]) => name);
    expect(stages[0]).toBe("${BASE}");
    expect(stages.filter((image) => image !== "${BASE}" && !named.includes(image))).toEqual([]);
  },
);

describe.each(ending("package-lock.json").map((file) => [shown(file), file]))("%s", (_shown, file) => {
  interface Lock {
    packages: Record<string, { version?: string; integrity?: string; resolved?: string; inBundle?: boolean }>;
  }
  const text = readFileSync(file, "utf8");
  const packages = Object.entries((JSON.parse(text) as Lock).packages).filter(([name]) => name !== "");

  test("pins every package by version and checksum, from whichever registry npm is set to", () => {
    const unpinned = packages.filter(([, { version, integrity, inBundle }]) => !version || !(integrity || inBundle));
    expect(unpinned).toEqual([]);
    expect(packages.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  });

  test("is under 1 MiB", () => expect(Buffer.byteLength(text)).toBeLessThan(1024 * 1024));
});

test("the registry listens where a lab host's engine looks for it, and stores where its volume is", () => {
  const config = parse(readFileSync(path.join(recipeDirectory("registry"), "config.yml"), "utf8")) as unknown;
  expect(config).toMatchObject({
    http: { addr: ":80" },
    storage: { filesystem: { rootdirectory: "/var/lib/registry" } },
  });
});

test("no recipe carries a host key or any other private key", () => {
  expect(files.filter((file) => /PRIVATE KEY/.test(readFileSync(file, "utf8"))).map(shown)).toEqual([]);
});
