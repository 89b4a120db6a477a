import { homedir } from "node:os";
import { existsSync, realpathSync } from "node:fs";
import path from "node:path";
import { localDirectory } from "./environment";
import type { Piece } from "./pieces";
import { minimumEngine } from "./pins";
import { report, withProgress } from "./progress";
import { findProgram, run } from "./run";
import { formatVersion, isCompatible, parseVersion } from "./versions";

/** How long the official CLI may try to download one plugin, in milliseconds. */
const downloadTimeout = 120_000;

/**
 * The user's own `pulumi`, when it fits: at least the version that this program needs, of the same major version, with
 * the Node language host. The one that set-up installs into a checkout does not count.
 */
export async function findOfficialPulumi(searchPath: string): Promise<string | undefined> {
  const others = withoutOwnDirectories(searchPath);
  const pulumi = findProgram("pulumi", others);
  if (!pulumi) return undefined;
  const reason = unfit(await run(pulumi, ["version"]), hasLanguageHost(pulumi, others));
  if (reason) report(`${pulumi} is not used: ${reason}`);
  return reason ? undefined : pulumi;
}

/** A search path without directories like `.vpai/bin`, of this checkout or of another. */
export function withoutOwnDirectories(searchPath: string): string {
  const own = `${path.sep}${path.basename(localDirectory)}${path.sep}bin`;
  const entries = searchPath.split(path.delimiter);
  return entries.filter((directory) => !directory.endsWith(own)).join(path.delimiter);
}

function hasLanguageHost(pulumi: string, searchPath: string): boolean {
  const name = "pulumi-language-nodejs";
  return existsSync(path.join(path.dirname(realpathSync(pulumi)), name)) || findProgram(name, searchPath) !== undefined;
}

/** Why a `pulumi` cannot be used, given the result of `pulumi version`; undefined when it can. */
export function unfit(version: { code: number; stdout: string }, languageHost: boolean): string | undefined {
  const expected = `expected version ${formatVersion(minimumEngine)} or newer, below ${minimumEngine[0] + 1}`;
  const found = version.code === 0 ? parseVersion(version.stdout) : undefined;
  if (!found) return `${expected}, but "pulumi version" did not answer with one`;
  if (!isCompatible(found, minimumEngine)) return `${expected}, found ${formatVersion(found)}`;
  if (!languageHost) return "expected pulumi-language-nodejs beside it or on PATH, found none";
  return undefined;
}

/** The plugins that the official CLI does not have and cannot download from here. */
export async function missingPlugins(pulumi: string, pieces: readonly Piece[]): Promise<Piece[]> {
  const home = process.env["PULUMI_HOME"] || path.join(homedir(), ".pulumi");
  const missing: Piece[] = [];
  for (const piece of pieces) {
    const installed = path.join(home, "plugins", `resource-${piece.name}-v${piece.version}`);
    if (!existsSync(installed) && !(await download(pulumi, piece))) missing.push(piece);
  }
  return missing;
}

async function download(pulumi: string, { name, version }: Piece): Promise<boolean> {
  const args = ["plugin", "install", "resource", name, `v${version}`];
  const { code } = await withProgress(`trying to download the ${name} provider v${version}`, () =>
    run(pulumi, args, { timeout: downloadTimeout }),
  );
  if (code !== 0) report(`the ${name} provider v${version} cannot be downloaded from here; it is built instead`);
  return code === 0;
}
