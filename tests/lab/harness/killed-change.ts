import { spawn } from "node:child_process";
import path from "node:path";
import { killProcess } from "./processes";

const providers = path.join(__dirname, "../../../providers");

/** A change of a host under the guard of its kind. */
export interface KilledChange {
  /** File of the kind below `providers/resources`, and its name there. */
  kind: readonly [file: string, name: string];
  inputs: object;
  /** What goes wrong on the host right after the change, as a script. Default: the change is what is wrong. */
  then?: string;
}

/** Runs it as a run of its own, which is killed as soon as the change is made. */
export async function killRightAfter({ kind: [file, name], inputs, then = ":" }: KilledChange): Promise<void> {
  const program = `
    const { ${name}: kind } = require(${JSON.stringify(path.join(providers, "resources", `${file}.ts`))});
    const { implement } = require(${JSON.stringify(path.join(providers, "implementation.ts"))});
    const { transportTo } = require(${JSON.stringify(path.join(providers, "ssh/transport.ts"))});
    const ensure = async (inputs) => {
      await kind.ensure(inputs);
      await transportTo(inputs.connection).script(process.env.THEN, []);
      console.log("changed");
      return new Promise(() => undefined);
    };
    setInterval(() => undefined, 1000);
    implement({ ...kind, ensure }).create(JSON.parse(process.env.INPUTS)).catch((error) => { console.error(error); process.exit(1); });`;
  const child = spawn(process.execPath, ["--require", "tsx/cjs", "--eval", program], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, INPUTS: JSON.stringify(inputs), THEN: then },
  });
  try {
    await new Promise((resolve, reject) => {
      child.stdout.once("data", resolve);
      child.once("exit", () => reject(new Error("the run ended before it was killed")));
    });
  } finally {
    killProcess(child.pid ?? 0);
  }
}
