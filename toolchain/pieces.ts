import path from "node:path";
import { cacheDirectory } from "./environment";
import { buildArguments, type GoProgram } from "./go-build";
import { fingerprint, sdkVersion, type PluginName } from "./pins";

/** One program to build from a Go module of this folder; its file is in the cache, at a path that changes with its sources. */
export interface Binary extends GoProgram {
  /** What people call it, with its version. */
  title: string;
  /** The Go module: a folder of this one. */
  module: string;
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
  const variables = { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": `v${version}` };
  return piece("pulumi", version, [
    { file: "pulumi", module: "engine", goPackage: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", variables },
  ]);
}

/** The provider plugins of these names, at the versions that the npm packages of this program ask for. */
export function pluginPieces(names: readonly PluginName[]): Piece[] {
  return names.map(pluginPiece);
}

function pluginPiece(name: PluginName): Piece {
  const version = sdkVersion(name);
  const file = `pulumi-resource-${name}`;
  if (name === "random" || name === "command") {
    const variables = { "main.version": version };
    return piece(name, version, [{ file, module: "plugins", goPackage: `./cmd/${file}`, variables }]);
  }
  const variables = { "main.packageName": name, "main.version": version };
  return piece(name, version, [
    { file: `terraform-provider-${name}`, module: `upstream/${name}`, goPackage: "." },
    { file, module: "bridge", goPackage: ".", variables },
  ]);
}

function piece(name: Piece["name"], version: string, recipes: readonly Omit<Binary, "title">[]): Piece {
  const modules = recipes.map((recipe) => recipe.module);
  const id = fingerprint(modules, version, ...recipes.flatMap(buildArguments));
  const directory = path.join(cacheDirectory(), "toolchain", `${name}-v${version}-${id}`);
  const binaries = recipes.map((recipe) => ({
    ...recipe,
    title: recipe.file.startsWith("terraform-") ? `${name} provider v${version}, upstream part` : title(name, version),
    file: path.join(directory, recipe.file),
  }));
  return { name, version, binaries };
}

function title(name: Piece["name"], version: string): string {
  return name === "pulumi" ? `Pulumi engine v${version}` : `${name} provider v${version}`;
}
