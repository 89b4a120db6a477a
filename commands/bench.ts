import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { chosenServices } from "../config/lab-services";
import { allGroups } from "../platforms";
import { projectRoot, pulumiEnvironment, rememberLabServices } from "../toolchain/environment";
import { IDLE, withIdleStack } from "./bench/idle";
import { type Measurement, measure, type Subject } from "./bench/measure";
import { benchOptions, HELP } from "./bench/options";
import { asJson, asTable, type Operation, type Result, type Slice, summarize } from "./bench/report";
import { deployedHosts } from "./stack/hosts";
import { main, prepareStack } from "./stack/pulumi";

/** Only the lab is timed: it is the one stack that may be taken down. */
const STACK = "lab";

const COMMANDS: Record<Operation, readonly string[]> = {
  cold: ["up", "--yes", "--skip-preview"],
  noop: ["up", "--yes", "--skip-preview"],
  preview: ["preview"],
  refresh: ["refresh", "--yes", "--skip-preview"],
};

/** `make bench`: the table on standard error, the JSON on standard output, so that it can be piped. */
main(async () => {
  if (process.argv.includes("--help")) {
    console.log(HELP);
    return 0;
  }
  const { runs, only, services, json } = benchOptions(process.argv.slice(2), process.env);
  for (const choice of services.filter((one) => one !== IDLE)) chosenServices(choice, allGroups);
  const slices: Slice[] = [];
  for (const choice of services)
    slices.push(await (choice === IDLE ? measureIdle(only, runs) : measureSlice(choice, only, runs)));
  console.error(`\n${asTable(slices)}\n`);
  console.log(asJson(slices));
  if (json !== undefined) await writeFile(json, `${asJson(slices)}\n`);
  return 0;
});

/** Times the lab with one choice of services. */
async function measureSlice(choice: string, only: readonly Operation[], runs: number): Promise<Slice> {
  process.env["VPAI_SERVICES"] = choice;
  console.error(`services: ${choice}`);
  const results = await measureAll(only, runs);
  rememberLabServices(choice);
  const hosts = Object.values(await deployedHosts(STACK));
  return { choice, services: hosts.flatMap(({ services }) => Object.keys(services)).length, results };
}

/** Times a stack of nothing but the program: it has nothing to make, so a cold `up` of it is a no-op. */
async function measureIdle(only: readonly Operation[], runs: number): Promise<Slice> {
  console.error("services: none, the program is loaded and registers nothing");
  const results = await withIdleStack(async (idle) => {
    await timed(idle, "up", 0, COMMANDS.cold);
    return measureEach(
      idle,
      only.filter((operation) => operation !== "cold"),
      runs,
    );
  });
  return { choice: IDLE, services: 0, results };
}

async function measureAll(only: readonly Operation[], runs: number): Promise<Result[]> {
  if (only.includes("cold")) await takeDown();
  await prepareStack(STACK);
  const lab = { stack: STACK, folder: projectRoot, env: pulumiEnvironment(STACK) };
  // What is measured below is a lab that is up and has nothing left to do.
  if (!only.includes("cold")) await timed(lab, "up", 0, COMMANDS.cold);
  return measureEach(lab, only, runs);
}

async function measureEach(subject: Subject, only: readonly Operation[], runs: number): Promise<Result[]> {
  const results: Result[] = [];
  for (const operation of only) {
    const measured: Measurement[] = [];
    const count = operation === "cold" ? 1 : runs;
    for (let run = 1; run <= count; run++) measured.push(await timed(subject, operation, run, COMMANDS[operation]));
    results.push(summarize(operation, measured));
  }
  return results;
}

async function timed(subject: Subject, title: string, run: number, args: readonly string[]): Promise<Measurement> {
  const measured = await measure(subject, args);
  console.error(`${title}${run === 0 ? "" : ` ${run}`}: ${(measured.total / 1000).toFixed(2)} s`);
  return measured;
}

/** Takes the lab down as `make down` does, in a process of its own. */
function takeDown(): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...process.execArgv, path.join("commands", "down.ts")], {
      cwd: projectRoot,
      env: { ...process.env, STACK },
      stdio: ["ignore", "inherit", "inherit"],
    });
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve();
      else
        reject(
          new Error(`expected the lab to go down, found exit code ${code ?? "none"}; run \`make down\` to see why`),
        );
    });
  });
}
