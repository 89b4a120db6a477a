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

/**
 * What a person can cause, with everything there is to mend. Pulumi shows it without a stack trace, by the mark that its
 * own RunError carries.
 */
export class UserError extends Error {
  // eslint-disable-next-line @typescript-eslint/naming-convention -- the SDK asks for this name
  readonly __pulumiRunError = true;

  /** @param title what the findings are about: `The config of stack prod` */
  constructor(
    title: string,
    readonly findings: readonly Finding[],
  ) {
    const count = findings.length === 1 ? "1 problem" : `${findings.length} problems`;
    super(`${title} has ${count}:\n\n${findings.map(textOf).join("\n\n")}\n`);
    this.name = "UserError";
  }
}

const textOf = ({ where, expected, found, mend }: Finding): string =>
  [`  ${where}`, `    expected: ${expected}`, `    found:    ${found}`, `    to do:    ${mend}`].join("\n");
