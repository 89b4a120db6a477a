import { driftIn } from "../drift/count";
import { tellDrift } from "../drift/tell";
import { changeStack } from "../stack/pulumi";
import { runReaching } from "../reach/run";
import { withSummary } from "../summary/run";

/** How a stack is looked at. */
interface Refresh {
  stack: string;
  /** Whether nobody is asked: the lab never asks. */
  unattended: boolean;
  /** What limits the run. Default: nothing does. */
  given?: { HOST?: string | undefined; SERVICE?: string | undefined };
  /** Further arguments of the engine. */
  args?: readonly string[];
}

/** Reads what is there into the state, and tells hosts how much of it drifted. @returns the exit code */
export function refreshStack({ stack, unattended, given = {}, args = [] }: Refresh): Promise<number> {
  const quiet = unattended ? ["--yes", "--skip-preview"] : [];
  return runReaching({
    ...{ stack, command: "refresh", given },
    run: (leaving) =>
      withSummary(
        (logging) =>
          changeStack(stack, async () => {
            const left = await leaving();
            return left && ["refresh", "--stack", stack, ...quiet, ...args, ...left, ...logging];
          }),
        (log) => (given.SERVICE ? Promise.resolve() : tellDrift(stack, driftIn(log))),
      ),
  });
}
