import { chosenStack, main, prepareStack, pulumi } from "./pulumi";

/** `make up`: the lab without questions, every other stack after its preview was confirmed. */
main(async () => {
  const stack = chosenStack();
  await prepareStack(stack);
  return pulumi(stack, "up", "--stack", stack, ...(stack === "lab" ? ["--yes", "--skip-preview", "--suppress-outputs"] : []), ...process.argv.slice(2));
});
