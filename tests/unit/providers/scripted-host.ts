import type { EngineHost } from "../../../providers/docker/engine/api";
import { LocalRunner } from "../../../providers/local-runner";
import type { Answer } from "../../../providers/ssh/transport";

/** A host whose commands are noted and answered by the test; what it leaves open succeeds without a word. */
export class ScriptedHost extends LocalRunner implements EngineHost {
  readonly commands: string[][] = [];

  /** @param respond answers a command, or gives its standard output alone */
  constructor(private readonly respond: (argv: string[]) => Answer | string | undefined) {
    super();
  }

  override run(argv: readonly string[]): Promise<Answer> {
    this.commands.push([...argv]);
    const answer = this.respond([...argv]) ?? "";
    return Promise.resolve(typeof answer === "string" ? { code: 0, stdout: answer, stderr: "" } : answer);
  }

  /** Nobody answers; what was to be talked to is noted. */
  exchange<T>(argv: readonly string[]): Promise<T> {
    this.commands.push([...argv]);
    return Promise.reject(new Error("no stream"));
  }
}

/** A command's refusal. */
export const refused = (stderr: string): Answer => ({ code: 1, stdout: "", stderr });
