import { readFileSync } from "node:fs";
import path from "node:path";
import { projectRoot } from "../../../toolchain/environment";
import { buildArguments } from "../../../toolchain/go-build";
import { enginePiece, pluginPieces } from "../../../toolchain/pieces";
import { minimumEngine, sdkVersion } from "../../../toolchain/pins";

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
    for (const { name, version } of pluginPieces()) expect(dependencies[`@pulumi/${name}`]).toBe(version);
  });

  it("come with checksums", () => {
    for (const name of ["engine", "docker-bridge", "docker-upstream", "plugins"]) {
      const sums = readFileSync(path.join(projectRoot, "toolchain", name, "go.sum"), "utf8");
      expect(sums).toMatch(/ h1:[A-Za-z0-9+/]{43}=/);
    }
  });
});

describe("pieces", () => {
  it("are the CLI and the four providers", () => {
    expect([enginePiece(), ...pluginPieces()].map(({ name, version }) => `${name} ${version}`)).toEqual([
      "pulumi 3.250.0",
      "docker 5.2.0",
      "random 4.21.2",
      "command 1.2.1",
      "hcloud 1.41.0",
    ]);
  });

  it("hand their version to the linker", () => {
    const handed = pluginPieces().flatMap(({ binaries }) => binaries.flatMap(buildArguments));
    expect(handed).toContain("-s -w -X main.version=4.21.2");
    expect(enginePiece().binaries.flatMap(buildArguments)).toContain(
      "-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v3.250.0",
    );
  });
});
