import { runPulumi } from "../engine/run";

export { type Captured, capturePulumi, pulumiOutput } from "../engine/run";
export { changeStack, prepareStack } from "../state/prepare";

/** The stack that a command is about, as `make` hands it over. */
export const chosenStack = (): string => process.env["STACK"] || "lab";

/** Runs a `pulumi` that changes nothing on this terminal. @returns its exit code */
export const pulumi = (stack: string, ...args: string[]): Promise<number> => runPulumi(stack, args);

/** Runs a command's main function: its result is the exit code, an error is one message. */
export function main(command: () => Promise<number>): void {
  command().then(
    (code) => (process.exitCode = code),
    (error: unknown) => {
      console.error(error instanceof Error ? error.message : String(error));
      process.exitCode = 1;
    },
  );
}
