import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { buildMissing, missingBinaries } from "./build";
import { installEngine, installOnSearchPath } from "./checkout";
import { checksFor, examine, formatReports } from "./doctor/doctor";
import { thisMachine } from "./doctor/machine";
import { localDirectory, projectRoot } from "./environment";
import { writeInstallation, type Installation } from "./installation";
import { ensureLabPrograms } from "./lab-programs";
import { withLock } from "./lock";
import { findOfficialPulumi, missingPlugins, withoutOwnDirectories } from "./official";
import { enginePiece, pluginPieces } from "./pieces";
import { pluginNames, type PluginName } from "./pins";
import { report } from "./progress";
import { findProgram } from "./run";
import { pluginsOf } from "./stack-plugins";

const searchPath = process.env["PATH"] ?? "";

/** Makes this machine and checkout ready for a stack; only the lab needs Docker. Safe to call at any time. */
async function setUp(stack: string): Promise<void> {
  await checkMachine(stack);
  if (stack === "lab") await ensureLabPrograms();
  await withLock(path.join(localDirectory, "setup.lock"), async () => {
    const plugins = neededPlugins(stack);
    const official = await findOfficialPulumi(searchPath);
    const installation = official ? await completeOfficial(official, plugins) : await buildAll(stack, plugins);
    writeInstallation(localDirectory, installation);
    markReady(plugins);
  });
}

/** Better to stop before minutes of building than after. */
async function checkMachine(stack: string): Promise<void> {
  const reports = await examine(checksFor(stack, thisMachine), thisMachine);
  const fatal = reports.filter(({ status }) => status === "fatal");
  if (fatal.length > 0) throw new Error(`this machine is not ready for stack ${stack}:\n${formatReports(fatal)}`);
}

/** The user's `pulumi`, if any, and then the plugins that are there, one per line. */
const ready = path.join(localDirectory, "ready");

/** The plugins of this stack, and of those that this checkout was set up for before: one folder holds them all. */
function neededPlugins(stack: string): PluginName[] {
  const before = existsSync(ready) ? readFileSync(ready, "utf8").split("\n").slice(1) : [];
  const needed: string[] = [...pluginsOf(stack), ...before];
  return pluginNames.filter((name) => needed.includes(name));
}

/** Tells bootstrap.sh that nothing is left to do, for stacks with these plugins, until a source or the user's `pulumi` changes. */
function markReady(plugins: readonly PluginName[]): void {
  const pulumi = findProgram("pulumi", withoutOwnDirectories(searchPath)) ?? "";
  writeFileSync(ready, [pulumi, ...plugins, ""].join("\n"));
}

async function completeOfficial(pulumi: string, plugins: readonly PluginName[]): Promise<Installation> {
  const missing = await missingPlugins(pulumi, pluginPieces(plugins));
  await buildMissing(missing.flatMap(({ binaries }) => binaries));
  installOnSearchPath(missing);
  return { engine: "official", pulumi, ownPlugins: missing.length > 0 };
}

async function buildAll(stack: string, plugins: readonly PluginName[]): Promise<Installation> {
  const engine = enginePiece();
  const pieces = pluginPieces(plugins);
  const missing = missingBinaries([engine, ...pieces].flatMap(({ binaries }) => binaries));
  const images = missing.length > 0 && stack === "lab" ? prepareLabImages() : undefined;
  await buildMissing(missing);
  await images;
  return { engine: "built", pulumi: installEngine(engine, pieces), ownPlugins: true };
}

/** The lab's images are downloads for the most part, and the engine is computing: both at once save minutes. */
async function prepareLabImages(): Promise<void> {
  const program = path.join(projectRoot, "commands", "prepare-images.ts");
  const services = process.env["VPAI_SERVICES"] || "core";
  const child = spawn(process.execPath, [...process.execArgv, program, services], {
    cwd: projectRoot,
    stdio: ["ignore", "ignore", "inherit"],
  });
  await new Promise((resolve) => child.once("close", resolve).once("error", resolve));
}

setUp(process.argv[2] ?? "lab").catch((error: unknown) => {
  report(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
