import { changeStack, chosenStack, main } from "./pulumi";

/** `make refresh`: reads what is there into the state; the next `up` repairs what drifted. */
main(async () => {
  const stack = chosenStack();
  const unattended = stack === "lab" ? ["--yes", "--skip-preview"] : [];
  return changeStack(stack, ["refresh", "--stack", stack, ...unattended, ...process.argv.slice(2)]);
});
