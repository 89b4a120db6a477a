import { chosenStack, main, prepareStack, pulumi } from "./pulumi";

/** `make preview`: what `up` would change. */
main(async () => {
  const stack = chosenStack();
  await prepareStack(stack);
  return pulumi(stack, "preview", "--stack", stack, ...process.argv.slice(2));
});
