import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { projectRoot } from "../../../toolchain/environment";
import { buildArguments } from "../../../toolchain/go-build";
import { enginePiece, pluginPieces } from "../../../toolchain/pieces";
import { fingerprint, minimumEngine, pluginNames, sdkVersion } from "../../../toolchain/pins";

const goModule = (name: string): string => readFileSync(path.join(projectRoot, "toolchain", name, "go.mod"), "utf8");

describe("pins", () => {
  it("build the engine in the version of the SDK", () => {
    const [, pinned] = /github\.com\/pulumi\/pulumi\/pkg\/v3 v(\S+)/.exec(goModule("engine")) ?? [];
    expect(pinned).toBe(sdkVersion("pulumi"));
    expect(minimumEngine.join(".")).toBe(sdkVersion("pulumi"));
  });

  it("ask for exact versions of the npm packages", () => {
    const { dependencies } = JSON.parse(readFileSync(path.join(projectRoot, "package.json"), "utf8")) as {
      dependencies: Record<string, string>;
    };
    expect(dependencies["@pulumi/pulumi"]).toBe(sdkVersion("pulumi"));
    for (const { name, version } of pluginPieces(pluginNames)) expect(dependencies[`@pulumi/${name}`]).toBe(version);
  });

  it("come with checksums", () => {
    for (const name of ["engine", "bridge", "upstream/docker", "upstream/hcloud", "plugins"]) {
      const sums = readFileSync(path.join(projectRoot, "toolchain", name, "go.sum"), "utf8");
      expect(sums).toMatch(/ h1:[A-Za-z0-9+/]{43}=/);
    }
  });
});

describe("a fingerprint", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "pins-"));
    for (const name of ["one", "shared"]) mkdirSync(path.join(folder, name));
    write("one/go.mod", "module one\n\nreplace vpai/shared => ../shared\n");
    write("shared/go.mod", "module vpai/shared\n");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (file: string, text: string): void => writeFileSync(path.join(folder, file), text);
  const found = (): string =>
    fingerprint([path.relative(path.join(projectRoot, "toolchain"), path.join(folder, "one"))], "1");

  it.each(["one/main.go", "shared/shared.go"])("changes with %s", (file) => {
    const before = found();
    write(file, "package main\n");
    expect(before).toMatch(/^[0-9a-f]{12}$/);
    expect(found()).not.toBe(before);
  });

  it("does not change with a test", () => {
    const before = found();
    write("one/main_test.go", "package main\n");
    expect(found()).toBe(before);
  });
});

describe("pieces", () => {
  it("are the CLI and the four providers", () => {
    expect([enginePiece(), ...pluginPieces(pluginNames)].map(({ name, version }) => `${name} ${version}`)).toEqual([
      "pulumi 3.250.0",
      "docker 5.2.0",
      "random 4.21.2",
      "command 1.2.1",
      "hcloud 1.41.0",
    ]);
  });

  it("hand their version to the linker", () => {
    const handed = pluginPieces(pluginNames).flatMap(({ binaries }) => binaries.flatMap(buildArguments));
    expect(handed).toContain("-s -w -X main.version=4.21.2");
    expect(handed).toContain("-s -w -X main.packageName=hcloud -X main.version=1.41.0");
    expect(enginePiece().binaries.flatMap(buildArguments)).toContain(
      "-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v3.250.0",
    );
  });
});
