import { checksFor, examine, formatReports } from "../toolchain/doctor/doctor";
import { thisMachine } from "../toolchain/doctor/machine";
import { chosenStack, main, prepareStack, pulumi } from "./pulumi";

/** `make up`: the lab without questions, every other stack after its preview was confirmed. */
main(async () => {
  const stack = chosenStack();
  await refuseUnfitMachine(stack);
  await prepareStack(stack);
  const unattended = stack === "lab" ? ["--yes", "--skip-preview", "--suppress-outputs"] : [];
  return pulumi(stack, "up", "--stack", stack, ...unattended, ...process.argv.slice(2));
});

/** What would make the run fail later is told now, before anything is changed. */
async function refuseUnfitMachine(stack: string): Promise<void> {
  const fatal = (await examine(checksFor(stack, thisMachine), thisMachine)).filter(({ status }) => status === "fatal");
  if (fatal.length > 0) throw new Error(formatReports(fatal));
}
