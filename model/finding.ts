/** One thing that a person got wrong, or has to do, in words that never quote a secret. */
export interface Finding {
  /** A config key with its path, a service on its host, a file. */
  readonly where: string;
  readonly expected: string;
  /** What is there instead. */
  readonly found: string;
  /** A command or an edit that mends it. */
  readonly mend: string;
}

/** How an error begins of what was not tried, as another error says why. */
export const LEFT_AS_IT_IS = "left as it is";

/**
 * What a person can cause. Pulumi shows it without a stack trace, by the mark that its
 * own RunError carries.
 */
export class UserError extends Error {
  readonly __pulumiRunError = true;

  /** @param message one sentence that says what was expected, what was found and what to do, or all findings in words */
  constructor(
    message: string,
    readonly findings: readonly Finding[] = [],
  ) {
    super(message);
    this.name = "UserError";
    // What a promise rejects with late is shown by its stack, where it has one.
    this.stack = "";
  }
}

/** One error of all findings. @param title what they are about: `The config of stack prod` */
export function problemsOf(title: string, findings: readonly Finding[]): UserError {
  const count = findings.length === 1 ? "1 problem" : `${findings.length} problems`;
  return new UserError(`${title} has ${count}:\n\n${findings.map(textOf).join("\n\n")}\n`, findings);
}

const textOf = ({ where, expected, found, mend }: Finding): string =>
  [`  ${where}`, `    expected: ${expected}`, `    found:    ${found}`, `    to do:    ${mend}`].join("\n");
