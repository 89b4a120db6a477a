import { driftIn } from "./drift/count";
import { tellDrift } from "./drift/tell";
import { runReaching } from "./reach/run";
import { changeStack, chosenStack, main, prepareStack } from "./pulumi";
import { withSummary } from "./summary/run";

/** `make refresh`: reads what is there into the state; the next `up` repairs what drifted. Tells hosts how much that is. */
main(async () => {
  const stack = chosenStack();
  const unattended = stack === "lab" || process.env["YES"] === "1" ? ["--yes", "--skip-preview"] : [];
  const args = ["refresh", "--stack", stack, ...unattended, ...process.argv.slice(2)];
  await prepareStack(stack);
  return runReaching({
    ...{ stack, command: "refresh", given: process.env },
    run: (leaving) =>
      withSummary(
        (logging) =>
          changeStack(stack, async () => {
            const left = await leaving();
            return left && [...args, ...left, ...logging];
          }),
        (log) => (process.env["SERVICE"] ? Promise.resolve() : tellDrift(stack, driftIn(log))),
      ),
  });
});
