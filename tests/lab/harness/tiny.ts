import { type ChildProcess, spawn } from "node:child_process";
import { Lab } from "./lab";
import { cleanEnvironment, type Result, run } from "./run";

/** A program whose every run with another TRIGGER takes the real engine about five seconds, and reaches no host. */
const PROGRAM = `import { local } from "@pulumi/command";

let before: local.Command[] = [];
for (const step of [1, 2, 3, 4]) {
  const command = new local.Command(\`step-\${step}\`, { create: "sleep 1", triggers: [process.env["TRIGGER"] ?? ""] }, { dependsOn: before });
  before = [command];
}
`;

/** The commands of a checkout whose program is a small one, on the stack lab. */
export class TinyStack {
  private constructor(readonly lab: Lab) {}

  static async prepare(name: string): Promise<TinyStack> {
    const lab = await Lab.prepare(name);
    lab.edit("index.ts", () => PROGRAM);
    return new TinyStack(lab);
  }

  /** `make <target>`. @param env further variables */
  make(target: string, env: NodeJS.ProcessEnv = {}): Promise<Result> {
    return this.lab.make(target, { environment: { ...cleanEnvironment(), ...env }, timeout: 120 });
  }

  /** Starts `make up` in a process group of its own. */
  start(trigger: string): ChildProcess {
    const env = { ...cleanEnvironment(), TRIGGER: trigger };
    return spawn("make", ["up"], { cwd: this.lab.directory, env, stdio: "ignore", detached: true });
  }

  /** `make up` on a terminal of its own, which is typed on through its standard input. */
  startOnTerminal(trigger: string): ChildProcess {
    const env = { ...cleanEnvironment(), TRIGGER: trigger };
    const command = ["--quiet", "--flush", "--return", "--command", "make up", "/dev/null"];
    return spawn("script", command, { cwd: this.lab.directory, env, stdio: "pipe", detached: true });
  }

  /** Plain `pulumi` on the same backend. */
  async pulumi(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Result> {
    const environment = { ...(await this.lab.environment()), ...env };
    return run(["pulumi", ...args, "--stack", "lab", "--non-interactive"], {
      directory: this.lab.directory,
      environment,
    });
  }
}
