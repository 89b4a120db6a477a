import { copyFileSync, linkSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import path from "node:path";
import { localDirectory } from "./environment";
import type { Piece } from "./pieces";

const bin = path.join(localDirectory, "bin");
const plugins = path.join(localDirectory, "pulumi", "plugins");
const languageHost = path.join(__dirname, "language-host");
const scripts = ["pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"];

/**
 * Puts the built engine into the checkout: `.vpai/bin` for the search path, `.vpai/pulumi` as PULUMI_HOME. The engine
 * looks for the language host beside the real path of its own program, so that one is linked hard (or copied), not
 * symbolically. Returns the path of `pulumi`.
 */
export function installEngine(engine: Piece, pieces: readonly Piece[]): string {
  const pulumi = path.join(bin, "pulumi");
  mkdirSync(bin, { recursive: true });
  linkOrCopy(only(engine), pulumi);
  for (const name of scripts) symlink(path.join(languageHost, name), path.join(bin, name));
  pieces.forEach(installPlugin);
  keepOnly(bin, ["pulumi", ...scripts]);
  keepOnly(plugins, pieces.map(pluginDirectory));
  return pulumi;
}

/** Puts built plugins on the search path of the official engine, which prefers those over its own. */
export function installOnSearchPath(pieces: readonly Piece[]): void {
  mkdirSync(bin, { recursive: true });
  const programs = pieces.map(({ name }) => `pulumi-resource-${name}`);
  for (const { file } of pieces.flatMap(({ binaries }) => binaries)) {
    if (programs.includes(path.basename(file))) symlink(file, path.join(bin, path.basename(file)));
  }
  keepOnly(bin, programs);
}

/** Removes what an earlier set-up left. What stays is never absent, as an engine may be running. */
function keepOnly(directory: string, names: readonly string[]): void {
  for (const name of readdirSync(directory)) {
    if (!names.includes(name)) rmSync(path.join(directory, name), { recursive: true });
  }
}

function only({ binaries }: Piece): string {
  const [binary] = binaries;
  if (!binary || binaries.length > 1) throw new Error(`expected one program, found ${binaries.length}`);
  return binary.file;
}

/** The engine lists directories only, so the directory is a real one and the programs in it are links. */
function installPlugin(piece: Piece): void {
  const directory = path.join(plugins, pluginDirectory(piece));
  mkdirSync(directory, { recursive: true });
  for (const { file } of piece.binaries) symlink(file, path.join(directory, path.basename(file)));
}

function pluginDirectory({ name, version }: Piece): string {
  return `resource-${name}-v${version}`;
}

function symlink(target: string, link: string): void {
  rmSync(`${link}.new`, { force: true });
  symlinkSync(target, `${link}.new`);
  renameSync(`${link}.new`, link);
}

function linkOrCopy(source: string, target: string): void {
  const unfinished = `${target}.new`;
  rmSync(unfinished, { force: true });
  try {
    linkSync(source, unfinished);
  } catch {
    copyFileSync(source, unfinished);
  }
  renameSync(unfinished, target);
}
