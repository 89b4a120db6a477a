import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import { projectRoot, pulumiEnvironment } from "../../toolchain/environment";
import type { Subject } from "./measure";

/** The name by which a choice of services asks for it. */
export const IDLE = "idle";

/**
 * Runs `work` on a stack of its own in a temporary folder: all of the program is loaded, as `Pulumi.yaml` says, and
 * nothing is registered. What such a run takes, every other one takes too.
 */
export async function withIdleStack<T>(work: (subject: Subject) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "vpai-bench-idle-"));
  try {
    await writeFile(path.join(folder, "Pulumi.yaml"), idleProject(await readFile(inProject("Pulumi.yaml"), "utf8")));
    await writeFile(path.join(folder, "index.ts"), idleProgram(await readFile(inProject("index.ts"), "utf8")));
    await symlink(inProject("node_modules"), path.join(folder, "node_modules"));
    await mkdir(path.join(folder, "state"));
    const env = { ...pulumiEnvironment("lab"), PULUMI_BACKEND_URL: `file://${path.join(folder, "state")}` };
    await promisify(execFile)("pulumi", ["stack", "init", IDLE, "--non-interactive"], { cwd: folder, env });
    return await work({ stack: IDLE, folder, env });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const inProject = (file: string): string => path.join(projectRoot, file);

/** The project file of an idle stack, which loads its program as the given project file does its own. */
export function idleProject(text: string, root = projectRoot): string {
  const { runtime } = parse(text) as { runtime: { name: string; options: { nodeargs: string } } };
  const nodeargs = runtime.options.nodeargs.replace(/(^|\s)\.\//g, `$1${root}/`);
  return JSON.stringify({
    name: "vpai-idle",
    main: "index.ts",
    runtime: { ...runtime, options: { ...runtime.options, nodeargs } },
  });
}

/** A program that loads the modules of the given one, and does nothing with them. */
export function idleProgram(text: string, root = projectRoot): string {
  const modules = [...text.matchAll(/^import .*"\.\/(.+)";$/gm)].map(([, module = ""]) => path.join(root, module));
  return modules.map((module) => `import ${JSON.stringify(module)};\n`).join("");
}
