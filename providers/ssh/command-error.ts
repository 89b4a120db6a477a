import type { Answer } from "./channel";

/** A command that was expected to succeed and did not. */
export class CommandError extends Error {
  /** @param meaning what that means for a person, where it is known */
  constructor(
    where: string,
    argv: readonly string[],
    readonly answer: Answer,
    readonly meaning?: string,
  ) {
    const said = (answer.stderr.trim() || answer.stdout.trim() || "it printed nothing").slice(-2000);
    super(meaning ?? `${where}: ${argv[0] ?? ""} ${argv[1] ?? ""} exited with ${answer.code}: ${said}`);
  }
}
