import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseOptions, splitArguments } from "../../../toolchain/language-host/options.cjs";
import { pluginOf, requiredPlugins } from "../../../toolchain/language-host/packages.cjs";

describe("splitArguments", () => {
  it.each([
    ["", []],
    ["  --import   tsx ", ["--import", "tsx"]],
    [`--title "a b" 'c d'`, ["--title", "a b", "c d"]],
    [`--x="a \\"b\\" \\n"'c'd`, [`--x=a "b" \\ncd`]],
    [`a\\ b`, ["a b"]],
    [`''`, [""]],
  ])("splits %j", (line, expected) => {
    expect(splitArguments(line)).toEqual(expected);
  });

  it.each([`"a`, `'a`, `a"b`, "a\\"])("refuses %j", (line) => {
    expect(() => splitArguments(line)).toThrow("unbalanced quote or backslash");
  });
});

describe("parseOptions", () => {
  it("compiles TypeScript unless told not to", () => {
    expect(parseOptions({})).toEqual({ typescript: true, tsconfig: undefined, nodeargs: [] });
    expect(parseOptions({ typescript: false, tsconfig: "t.json", nodeargs: "--import tsx" })).toEqual({
      typescript: false,
      tsconfig: "t.json",
      nodeargs: ["--import", "tsx"],
    });
  });

  it("names an option of the wrong type", () => {
    expect(() => parseOptions({ typescript: "no" })).toThrow(
      'runtime option "typescript" in Pulumi.yaml: expected a boolean, found "no"',
    );
  });
});

describe("pluginOf", () => {
  it.each([
    [
      { name: "@pulumi/random", version: "4.21.2", pulumi: { resource: true } },
      { name: "random", version: "v4.21.2" },
    ],
    [
      { name: "@pulumi/command", version: "v4.5.0", pulumi: { resource: true, name: "command" } },
      { name: "command", version: "v4.5.0" },
    ],
    [
      {
        name: "@acme/x",
        version: "1.0.0",
        pulumi: { resource: true, name: "x", version: "2.0.0", server: "https://s" },
      },
      { name: "x", version: "v2.0.0", server: "https://s" },
    ],
  ])("reads %j", (manifest, plugin) => {
    expect(pluginOf(manifest)).toEqual({ server: "", ...plugin });
  });

  it.each([
    { name: "@pulumi/pulumi", version: "3.250.0" },
    { name: "acme", version: "1.0.0", pulumi: { resource: true } },
    { name: "@pulumi/x", version: "1.0.0", pulumi: { resource: false } },
  ])("finds none in %j", (manifest) => {
    expect(pluginOf(manifest)).toBeUndefined();
  });
});

describe("requiredPlugins", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), "language-host-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  function install(location: string, name: string, version: string): void {
    const target = path.join(directory, location);
    mkdirSync(target, { recursive: true });
    writeFileSync(path.join(target, "package.json"), JSON.stringify({ name, version, pulumi: { resource: true } }));
  }

  it("finds scoped, nested and linked packages, each version once", () => {
    install("node_modules/@pulumi/docker", "@pulumi/docker", "5.2.0");
    install("node_modules/other/node_modules/@pulumi/docker", "@pulumi/docker", "4.0.0");
    writeFileSync(path.join(directory, "node_modules/other/package.json"), "{}");
    install("node_modules/again/node_modules/@pulumi/docker", "@pulumi/docker", "5.2.0");
    install("workspace", "@pulumi/random", "4.21.2");
    symlinkSync(path.join(directory, "workspace"), path.join(directory, "node_modules/workspace"));
    symlinkSync(directory, path.join(directory, "node_modules/loop"));
    const found = requiredPlugins(directory).map(({ name, version }) => `${name}@${version}`);
    expect(found.sort()).toEqual(["docker@v4.0.0", "docker@v5.2.0", "random@v4.21.2"]);
  });

  it("tolerates a missing node_modules and broken manifests", () => {
    expect(requiredPlugins(directory)).toEqual([]);
    mkdirSync(path.join(directory, "node_modules/broken"), { recursive: true });
    writeFileSync(path.join(directory, "node_modules/broken/package.json"), "{");
    expect(requiredPlugins(directory)).toEqual([]);
  });
});
