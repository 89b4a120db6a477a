import { rm } from "node:fs/promises";
import path from "node:path";
import { removeLab } from "../lab/remove";
import { localDirectory } from "../toolchain/environment";
import { chosenStack, main, prepareStack, pulumi } from "./pulumi";

/** `make down`: destroys the stack. Of the lab nothing is left, also when its state was lost. */
main(async () => {
  const stack = chosenStack();
  if (stack !== "lab") return pulumi(stack, "destroy", "--stack", stack);
  await prepareStack(stack);
  const code = await pulumi(stack, "destroy", "--stack", stack, "--yes", "--skip-preview", "--suppress-outputs");
  for (const removed of await removeLab()) console.error(`removed ${removed}, which the state did not know`);
  if (code === 0) await rm(path.join(localDirectory, "lab"), { recursive: true, force: true });
  return code;
});
