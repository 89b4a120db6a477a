import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
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
import { report } from "./progress";
import { findProgram } from "./run";

const searchPath = process.env["PATH"] ?? "";

/** Makes this machine and checkout ready for a stack; only the lab needs Docker. Safe to call at any time. */
async function setUp(stack: string): Promise<void> {
  await checkMachine(stack);
  if (stack === "lab") await ensureLabPrograms();
  await withLock(path.join(localDirectory, "setup.lock"), async () => {
    const official = await findOfficialPulumi(searchPath);
    writeInstallation(localDirectory, official ? await completeOfficial(official) : await buildAll(stack));
  });
  markReady();
}

/** Better to stop before minutes of building than after. */
async function checkMachine(stack: string): Promise<void> {
  const reports = await examine(checksFor(stack, thisMachine), thisMachine);
  const fatal = reports.filter(({ status }) => status === "fatal");
  if (fatal.length > 0) throw new Error(`this machine is not ready for stack ${stack}:\n${formatReports(fatal)}`);
}

/** Tells bootstrap.sh that nothing is left to do until a source or the user's `pulumi` changes. */
function markReady(): void {
  const pulumi = findProgram("pulumi", withoutOwnDirectories(searchPath)) ?? "";
  writeFileSync(path.join(localDirectory, "ready"), `${pulumi}\n`);
}

async function completeOfficial(pulumi: string): Promise<Installation> {
  const missing = await missingPlugins(pulumi, pluginPieces());
  await buildMissing(missing.flatMap(({ binaries }) => binaries));
  installOnSearchPath(missing);
  return { engine: "official", pulumi, ownPlugins: missing.length > 0 };
}

async function buildAll(stack: string): Promise<Installation> {
  const engine = enginePiece();
  const plugins = pluginPieces();
  const missing = missingBinaries([engine, ...plugins].flatMap(({ binaries }) => binaries));
  const images = missing.length > 0 && stack === "lab" ? prepareLabImages() : undefined;
  await buildMissing(missing);
  await images;
  return { engine: "built", pulumi: installEngine(engine, plugins), ownPlugins: true };
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
