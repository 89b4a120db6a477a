import { rm } from "node:fs/promises";
import path from "node:path";
import { removeLab } from "../lab/remove";
import { localDirectory } from "../toolchain/environment";
import { chosenStack, main, prepareStack, pulumi } from "./pulumi";

/** `make down`: destroys the stack. Of the lab nothing is left, also when its state was lost or is of no use. */
main(async () => {
  const stack = chosenStack();
  if (stack !== "lab") return pulumi(stack, "destroy", "--stack", stack);
  await prepareStack(stack);
  const code = await pulumi(stack, "destroy", "--stack", stack, "--yes", "--skip-preview", "--suppress-outputs");
  if (code !== 0) console.error("pulumi could not destroy the lab; what carries its label is removed without it.");
  for (const removed of await removeLab()) console.error(`removed ${removed}, which the state did not know`);
  await rm(path.join(localDirectory, "lab"), { recursive: true, force: true });
  return 0;
});
