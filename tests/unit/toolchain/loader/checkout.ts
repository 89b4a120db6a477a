import { spawn, type ChildProcess } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";

const project = path.resolve(__dirname, "../../../..");

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A folder with the loader, the project's packages, and files of its own. */
export class Checkout {
  readonly root = realpathSync(mkdtempSync(path.join(os.tmpdir(), "vpai-loader-")));
  /** Where the loader keeps what was compiled. */
  readonly kept = path.join(this.root, ".vpai", "loader");

  constructor(files: Record<string, string>) {
    cpSync(path.join(project, "toolchain", "loader"), path.join(this.root, "toolchain", "loader"), { recursive: true });
    mkdirSync(path.join(this.root, "providers"));
    symlinkSync(path.join(project, "node_modules"), path.join(this.root, "node_modules"));
    for (const [file, text] of Object.entries(files)) this.write(file, text);
  }

  write(file: string, text: string): void {
    const target = path.join(this.root, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
  }

  /** From now on, whoever asks the transpiler fails. */
  breakTranspiler(): void {
    this.write("toolchain/loader/transpile.cjs", 'throw new Error("the transpiler was asked");');
  }

  /** Complete files of compiled code. */
  keptFiles(): string[] {
    if (!existsSync(this.kept)) return [];
    return readdirSync(this.kept)
      .filter((name) => /^[0-9a-f]{16}$/.test(name))
      .map((name) => path.join(this.kept, name));
  }

  start(file: string): ChildProcess {
    return spawn(process.execPath, ["--require", "./toolchain/loader/register.cjs", file], { cwd: this.root });
  }

  /** Runs a file with the loader to its end. */
  run(file: string): Promise<Ended> {
    const child = this.start(file);
    const ended: Ended = { code: null, stdout: "", stderr: "" };
    child.stdout?.on("data", (chunk: Buffer) => (ended.stdout += chunk.toString()));
    child.stderr?.on("data", (chunk: Buffer) => (ended.stderr += chunk.toString()));
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve({ ...ended, code }));
    });
  }

  remove(): void {
    rmSync(this.root, { recursive: true });
  }
}
