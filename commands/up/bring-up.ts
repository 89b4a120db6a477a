import { mendedIn } from "../drift/count";
import { tellDrift } from "../drift/tell";
import { runReaching } from "../reach/run";
import { changeStack } from "../stack/pulumi";
import { withSummary } from "../summary/run";

/** How a stack is brought up. */
interface BringUp {
  stack: string;
  /** Whether nobody is asked: the lab never asks. */
  unattended: boolean;
  /** What limits the run. Default: nothing does. */
  given?: { HOST?: string | undefined; SERVICE?: string | undefined };
  /** Further arguments of the engine. */
  args?: readonly string[];
}

/** Brings a stack up, what of it can be reached. @returns the exit code */
export function bringUp({ stack, unattended, given = {}, args = [] }: BringUp): Promise<number> {
  const quiet = unattended ? ["--yes", "--skip-preview", "--suppress-outputs"] : [];
  // What fails stops what needs it, and nothing else.
  const all = ["--stack", stack, "--continue-on-error", ...quiet, ...args];
  return runReaching({
    ...{ stack, command: "up", given },
    run: (leaving) =>
      withSummary(
        (logging) =>
          changeStack(stack, async () => {
            const left = await leaving();
            return left && ["up", ...all, ...left, ...logging];
          }),
        (log) => (given.SERVICE ? Promise.resolve() : tellDrift(stack, mendedIn(log))),
      ),
  });
}
