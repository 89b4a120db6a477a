import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { backupScripts } from "../../../../programs/backup";
import { projectRoot } from "../../../../toolchain/environment";

/** What a run said, and how it ended. */
export interface Outcome {
  code: number | null;
  out: string;
  error: string;
}

/** A folder of this machine as the platform's folder of a host, with the real program of the backups. */
export class BackupHost {
  readonly folder = mkdtempSync(path.join(os.tmpdir(), "backup-"));
  readonly store = path.join(this.folder, "backups");
  private readonly here = path.join(this.folder, "configs", "backup-x");
  private readonly programs = path.join(this.folder, "programs");

  constructor() {
    mkdirSync(this.here, { recursive: true });
    mkdirSync(this.programs);
    for (const [file, content] of Object.entries(backupScripts())) writeFileSync(path.join(this.here, file), content);
    // The host's engine, which has nothing left over of ours.
    this.program("docker", "exit 0");
  }

  /** Whether there is something below the platform's folder. */
  has(...names: string[]): boolean {
    return existsSync(path.join(this.folder, ...names));
  }

  /** @param lines of the plan, their words apart by `|` */
  plan(...lines: string[]): void {
    writeFileSync(path.join(this.here, "plan"), lines.map((line) => `${line.replaceAll("|", "\t")}\n`).join(""));
  }

  /** A method of that name. @param text of bash, after what every method begins with */
  method(name: string, text: string): void {
    writeFileSync(path.join(this.here, `${name}.sh`), `. "$HERE/tools.sh"\n${text}\n"$@"\n`);
  }

  /** A method of the project's own. @param file below the project's root */
  realMethod(file: string, name: string): void {
    copyFileSync(path.join(projectRoot, file), path.join(this.here, `${name}.sh`));
  }

  /** Puts a program before those of this machine. @param text of sh */
  program(name: string, text: string): void {
    const file = path.join(this.programs, name);
    writeFileSync(file, `#!/bin/sh\n${text}\n`);
    chmodSync(file, 0o755);
  }

  private get argv(): string[] {
    return [path.join(this.here, "backup.sh"), this.folder, "vpai_", "sha256:node"];
  }

  private environment(more: Record<string, string>): NodeJS.ProcessEnv {
    return { ...process.env, PATH: `${this.programs}:${process.env["PATH"] ?? ""}`, BACKUP_MARGIN: "1048576", ...more };
  }

  run(verbs: readonly string[] = ["run"], more: Record<string, string> = {}, input = ""): Outcome {
    const env = this.environment(more);
    const { status, stdout, stderr } = spawnSync("bash", [...this.argv, ...verbs], { env, input, encoding: "utf8" });
    return { code: status, out: stdout, error: stderr };
  }

  /** Has it done what is asked for by somebody who goes away at once, and waits until it is done. */
  leave(verbs: readonly string[]): void {
    const script = '"$@" 2>&1 | true; while ! flock -n "$LOCK" true; do sleep 0.05; done';
    const env = this.environment({ LOCK: path.join(this.store, ".lock") });
    spawnSync("bash", ["-c", script, "bash", "bash", ...this.argv, ...verbs], { env, stdio: "ignore" });
  }

  /** A run in a process group of its own, which is under way. */
  start(): { kill: () => void; ended: Promise<void> } {
    const child = spawn("bash", [...this.argv, "run"], { env: this.environment({}), stdio: "ignore", detached: true });
    const ended = new Promise<void>((resolve) => child.on("exit", () => resolve()));
    return { kill: () => process.kill(-(child.pid as number), "SIGKILL"), ended };
  }

  /** Names in the store, hidden ones too, but the lock's and the log's. */
  get sets(): string[] {
    return existsSync(this.store)
      ? readdirSync(this.store)
          .filter((name) => name !== ".lock" && name !== ".log")
          .sort()
      : [];
  }

  /** Numbers of the sets, in their order. */
  get numbers(): number[] {
    return this.sets.map((name) => Number(name.slice(0, 6)));
  }

  read(...names: string[]): string {
    return readFileSync(path.join(this.folder, ...names), "utf8");
  }

  at(...names: string[]): string {
    return path.join(this.folder, ...names);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
