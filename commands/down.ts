import { rm } from "node:fs/promises";
import path from "node:path";
import { removeLab } from "../lab/remove";
import { localDirectory } from "../toolchain/environment";
import { changeStack, chosenStack, main } from "./stack/pulumi";
import { runReaching } from "./reach/run";
import { DamagedState } from "./state/check";

/**
 * The provider of Docker gives up on a volume that is not gone within 30 s, while the engine goes on removing it: a disk full of images
 * takes longer, and another run finds it gone.
 */
const TRIES = 2;

/** `make down`: destroys the stack. Of the lab nothing is left, also when its state was lost or is of no use. */
main(async () => {
  const stack = chosenStack();
  if (stack !== "lab") return takeDown(stack);
  const code = await destroyLab(stack);
  if (code !== 0) console.error("pulumi could not destroy the lab; what carries its label is removed without it.");
  for (const removed of await removeLab()) console.error(`removed ${removed}, which the state did not know`);
  await rm(path.join(localDirectory, "lab"), { recursive: true, force: true });
  return 0;
});

/** What is on a computer that outlives the stack is taken down there: one that is away keeps it, and the state knows. */
function takeDown(stack: string): Promise<number> {
  return runReaching({
    ...{ stack, command: "down", reaches: ({ vanishes }) => !vanishes },
    run: (leaving) =>
      changeStack(
        stack,
        async () => {
          const left = await leaving();
          return left && ["destroy", "--stack", stack, ...left];
        },
        false,
      ),
  });
}

/** @returns the engine's exit code; 1 for a state that is of no use */
async function destroyLab(stack: string, tries = TRIES): Promise<number> {
  try {
    const code = await changeStack(stack, [
      "destroy",
      "--stack",
      stack,
      "--yes",
      "--skip-preview",
      "--suppress-outputs",
    ]);
    if (code === 0 || tries === 1) return code;
  } catch (error) {
    if (!(error instanceof DamagedState)) throw error;
    console.error(error.message);
    return 1;
  }
  console.error("Not all of the lab is gone yet: the rest is tried again.");
  return destroyLab(stack, tries - 1);
}
