import { checksFor, examine, formatReports } from "../toolchain/doctor/doctor";
import { thisMachine } from "../toolchain/doctor/machine";
import { rememberLabServices } from "../toolchain/environment";
import { chosenStack, main, prepareStack } from "./stack/pulumi";
import { finishRotations } from "./rotate/finish";
import { isRotating } from "./rotate/pending";
import { expectServices } from "./scope/services";
import { bringUp } from "./up/bring-up";

/** `make up`: the lab without questions, every other stack after its preview was confirmed. Ends what `make rotate` has begun. */
main(async () => {
  const stack = chosenStack();
  await refuseUnfitMachine(stack);
  rememberServices(stack, process.env["VPAI_SERVICES"] ?? "");
  await prepareStack(stack);
  const code = await bringUp({ stack, unattended: stack === "lab", given: process.env, args: process.argv.slice(2) });
  const isWhole = !process.env["HOST"] && !process.env["SERVICE"];
  return code === 0 && isWhole && isRotating(stack) ? finishRotations(stack, { isUp: true }) : code;
});

/** What would make the run fail later is told now, before anything is changed. */
async function refuseUnfitMachine(stack: string): Promise<void> {
  const fatal = (await examine(checksFor(stack, thisMachine), thisMachine)).filter(({ status }) => status === "fatal");
  if (fatal.length > 0) throw new Error(formatReports(fatal));
}

function rememberServices(stack: string, chosen: string): void {
  expectServices(stack, chosen);
  if (chosen !== "") rememberLabServices(chosen);
}
