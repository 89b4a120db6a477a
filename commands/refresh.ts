import { runReaching } from "./reach/run";
import { changeStack, chosenStack, main, prepareStack } from "./pulumi";

/** `make refresh`: reads what is there into the state; the next `up` repairs what drifted. */
main(async () => {
  const stack = chosenStack();
  const unattended = stack === "lab" ? ["--yes", "--skip-preview"] : [];
  const args = ["refresh", "--stack", stack, ...unattended, ...process.argv.slice(2)];
  await prepareStack(stack);
  return runReaching({
    ...{ stack, command: "refresh", given: process.env },
    run: (leaving) =>
      changeStack(stack, async () => {
        const left = await leaving();
        return left && [...args, ...left];
      }),
  });
});
