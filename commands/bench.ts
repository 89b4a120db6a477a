import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { chosenServices } from "../config/lab-services";
import { projectRoot, rememberLabServices } from "../toolchain/environment";
import { type Measurement, measure } from "./bench/measure";
import { benchOptions, HELP } from "./bench/options";
import { asJson, asTable, type Operation, type Result, type Slice, summarize } from "./bench/report";
import { deployedHosts } from "./hosts";
import { main, prepareStack } from "./pulumi";

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
  services.forEach(chosenServices);
  const slices: Slice[] = [];
  for (const choice of services) slices.push(await measureSlice(choice, only, runs));
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

async function measureAll(only: readonly Operation[], runs: number): Promise<Result[]> {
  const results: Result[] = [];
  if (only.includes("cold")) await takeDown();
  await prepareStack(STACK);
  // What is measured below is a lab that is up and has nothing left to do.
  if (!only.includes("cold")) await timed("up", 0, COMMANDS.cold);
  for (const operation of only) {
    const measured: Measurement[] = [];
    const count = operation === "cold" ? 1 : runs;
    for (let run = 1; run <= count; run++) measured.push(await timed(operation, run, COMMANDS[operation]));
    results.push(summarize(operation, measured));
  }
  return results;
}

async function timed(title: string, run: number, args: readonly string[]): Promise<Measurement> {
  const measured = await measure(STACK, args);
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
