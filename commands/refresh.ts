import { chosenStack, main, prepareStack, pulumi } from "./pulumi";

/** `make refresh`: reads what is there into the state; the next `up` repairs what drifted. */
main(async () => {
  const stack = chosenStack();
  await prepareStack(stack);
  return pulumi(
    stack,
    "refresh",
    "--stack",
    stack,
    ...(stack === "lab" ? ["--yes", "--skip-preview"] : []),
    ...process.argv.slice(2),
  );
});
