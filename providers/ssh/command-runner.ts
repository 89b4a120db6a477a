import type { Answer } from "./channel";

/** What a command is given, and what may be done with it. */
export interface RunOptions {
  /** Bytes for the command's standard input. Default: none. */
  stdin?: string | undefined;
  /** Whether it only reads: then it runs once more when its connection is lost meanwhile. Default: false. */
  reads?: true;
}

/** Somewhere that commands can run. */
export interface CommandRunner {
  /** Where that is, for messages. */
  readonly name: string;
  /** Runs `argv` and gives its answer, whatever the exit code. */
  run(argv: readonly string[], options?: RunOptions): Promise<Answer>;
  /** Runs `argv` and gives its standard output; throws a CommandError unless it exits with 0. */
  output(argv: readonly string[], options?: RunOptions): Promise<string>;
}
