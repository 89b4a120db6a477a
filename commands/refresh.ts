import { chosenStack, main, prepareStack } from "./stack/pulumi";
import { refreshStack } from "./up/refresh-stack";

/** `make refresh`: reads what is there into the state; the next `up` repairs what drifted. Tells hosts how much that is. */
main(async () => {
  const stack = chosenStack();
  const unattended = stack === "lab" || process.env["YES"] === "1";
  await prepareStack(stack);
  return refreshStack({ stack, unattended, given: process.env, args: process.argv.slice(2) });
});
