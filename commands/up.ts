import { chosenServices } from "../config/lab-services";
import { allGroups } from "../platforms";
import { checksFor, examine, formatReports } from "../toolchain/doctor/doctor";
import { thisMachine } from "../toolchain/doctor/machine";
import { rememberLabServices } from "../toolchain/environment";
import { runReaching } from "./reach/run";
import { withSummary } from "./summary/run";
import { changeStack, chosenStack, main, prepareStack } from "./pulumi";

/** `make up`: the lab without questions, every other stack after its preview was confirmed. */
main(async () => {
  const stack = chosenStack();
  await refuseUnfitMachine(stack);
  rememberServices(stack, process.env["VPAI_SERVICES"] ?? "");
  const unattended = stack === "lab" ? ["--yes", "--skip-preview", "--suppress-outputs"] : [];
  // What fails stops what needs it, and nothing else.
  const args = ["--stack", stack, "--continue-on-error", ...unattended, ...process.argv.slice(2)];
  await prepareStack(stack);
  return runReaching({
    ...{ stack, command: "up", given: process.env },
    run: (leaving) =>
      withSummary((logging) =>
        changeStack(stack, async () => {
          const left = await leaving();
          return left && ["up", ...args, ...left, ...logging];
        }),
      ),
  });
});

/** What would make the run fail later is told now, before anything is changed. */
async function refuseUnfitMachine(stack: string): Promise<void> {
  const fatal = (await examine(checksFor(stack, thisMachine), thisMachine)).filter(({ status }) => status === "fatal");
  if (fatal.length > 0) throw new Error(formatReports(fatal));
}

function rememberServices(stack: string, chosen: string): void {
  if (chosen === "") return;
  if (stack !== "lab") {
    throw new Error(
      `expected SERVICES for the lab only, found it for ${stack}: set vpai:services in Pulumi.${stack}.yaml instead`,
    );
  }
  chosenServices(chosen, allGroups);
  rememberLabServices(chosen);
}
