import path from "node:path";
import { cacheDirectory } from "./environment";
import { fingerprint, pluginNames, sdkVersion, type PluginName } from "./pins";

/** One program to build from a Go module of this folder. */
export interface Binary {
  /** What people call it, with its version. */
  title: string;
  /** The file to build: an absolute path in the cache, which changes whenever a pin or a source changes. */
  file: string;
  /** The Go module: a folder of this one. */
  module: string;
  /** The package to build, as `go build` takes it. */
  goPackage: string;
  ldflags: string;
}

/** What stands in for one thing of the official distribution: the CLI or a provider plugin. */
export interface Piece {
  name: "pulumi" | PluginName;
  /** Such as "5.2.0". */
  version: string;
  binaries: readonly Binary[];
}

/** The engine's command line program, without its plugins. */
export function enginePiece(): Piece {
  const version = sdkVersion("pulumi");
  const flag = `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${version}`;
  return piece("pulumi", version, [
    { file: "pulumi", module: "engine", goPackage: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", flag },
  ]);
}

/** All provider plugins that the npm packages of this program ask for. */
export function pluginPieces(): Piece[] {
  return pluginNames.map(pluginPiece);
}

function pluginPiece(name: PluginName): Piece {
  const version = sdkVersion(name);
  const flag = `-X main.version=${version}`;
  const file = `pulumi-resource-${name}`;
  if (name !== "docker") return piece(name, version, [{ file, module: "plugins", goPackage: `./cmd/${file}`, flag }]);
  return piece(name, version, [
    { file: "terraform-provider-docker", module: "docker-upstream", goPackage: ".", flag: "" },
    { file, module: "docker-bridge", goPackage: ".", flag },
  ]);
}

interface Recipe {
  file: string;
  module: string;
  goPackage: string;
  flag: string;
}

function piece(name: Piece["name"], version: string, recipes: readonly Recipe[]): Piece {
  const modules = recipes.map((recipe) => recipe.module);
  const id = fingerprint(modules, version, ...recipes.map((recipe) => recipe.flag));
  const directory = path.join(cacheDirectory(), "toolchain", `${name}-v${version}-${id}`);
  const binaries = recipes.map(({ file, module, goPackage, flag }) => ({
    title: file.startsWith("terraform-") ? `${name} provider v${version}, upstream part` : title(name, version),
    file: path.join(directory, file),
    module,
    goPackage,
    ldflags: `-s -w ${flag}`.trim(),
  }));
  return { name, version, binaries };
}

function title(name: Piece["name"], version: string): string {
  return name === "pulumi" ? `Pulumi engine v${version}` : `${name} provider v${version}`;
}
