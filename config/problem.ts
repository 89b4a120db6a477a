import * as pulumi from "@pulumi/pulumi";

/** One thing that is wrong in a stack's config. */
export interface Problem {
  /** Full key with its path: `vpai:hosts.sese-ai.machine.port`. */
  readonly key: string;
  readonly expected: string;
  /** What is there instead; never the value of a secret. */
  readonly found: string;
  /** A command or an edit that solves it. */
  readonly todo: string;
}

const describeProblem = ({ key, expected, found, todo }: Problem) =>
  [`  ${key}`, `    expected: ${expected}`, `    found:    ${found}`, `    to do:    ${todo}`].join("\n");

/** Everything that is wrong in a stack's config. A RunError, so that Pulumi shows it without a stack trace. */
export class ConfigError extends pulumi.RunError {
  constructor(
    stack: string,
    readonly problems: readonly Problem[],
  ) {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    super(`The config of stack ${stack} has ${count}:\n\n${problems.map(describeProblem).join("\n\n")}\n`);
  }
}
