import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { cleanEnvironment } from "../../toolchain/clean-environment";
import { copyCheckout } from "../../toolchain/copy-checkout";
import { localDirectory } from "../../toolchain/environment";
import { type DeployedHost, hostsIn } from "../stack/hosts";
import { type ExportedState, exportedState } from "../engine/exported";

/** Where a drill of a stack has its copy: a checkout of its own, so a lab of its own. */
const folderOf = (stack: string): string => path.join(localDirectory, "drill", stack);

/** The lab's public passphrase must encrypt nothing real: a copy has one that nobody else knows. */
const PASSPHRASE = path.join(".vpai", "passphrase");

/** Plain `pulumi` in a checkout, as its `make env` has it. */
const PULUMI = 'exports=$(make -s env) && eval "$exports" && exec pulumi "$@"';

/** The isolated copy of a stack that a drill restores into. */
export class Copy {
  private child: ChildProcess | undefined;

  private constructor(readonly directory: string) {}

  static of(stack: string): Copy {
    return new Copy(folderOf(stack));
  }

  /** Whether one was left, by KEEP=1 or by a drill that was killed. */
  get isThere(): boolean {
    return existsSync(this.directory);
  }

  /**
   * Makes the checkout, with a stack's file and secrets that nobody else can read; nothing of it runs yet.
   * @param file text of the stack's file @param secrets values by name
   */
  async prepare(file: string, secrets: Readonly<Record<string, string>>): Promise<void> {
    mkdirSync(this.directory, { recursive: true, mode: 0o700 });
    copyCheckout(this.directory);
    mkdirSync(path.join(this.directory, ".vpai"), { recursive: true, mode: 0o700 });
    writeFileSync(this.at(PASSPHRASE), randomBytes(32).toString("hex"), { mode: 0o600 });
    writeFileSync(this.at("Pulumi.lab.yaml"), file);
    await this.pulumi(["stack", "select", "--create", "lab"]);
    for (const [name, value] of Object.entries(secrets))
      await this.pulumi(["config", "set", "--secret", "--stack", "lab", `secrets:${name}`], `${value}\n`);
  }

  /** Brings it up. @throws when that fails */
  async up(): Promise<void> {
    await this.succeed(["make", "up"]);
  }

  /** Its hosts, as its outputs describe them. */
  async hosts(): Promise<Record<string, DeployedHost>> {
    return hostsIn(await this.pulumi(["stack", "output", "--json", "--stack", "lab"]));
  }

  /** Its state. */
  async exported(): Promise<ExportedState> {
    return exportedState(await this.pulumi(["stack", "export", "--stack", "lab"]));
  }

  /** Takes it down, and its folder away. @throws when something of it is left */
  async remove(): Promise<void> {
    if (existsSync(this.at("Makefile"))) await this.succeed(["make", "down"]);
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Ends what is under way. */
  interrupt(): void {
    this.child?.kill("SIGTERM");
  }

  private at(file: string): string {
    return path.join(this.directory, file);
  }

  private pulumi(args: readonly string[], stdin = ""): Promise<string> {
    return this.succeed(["sh", "-c", PULUMI, "vpai", ...args, "--non-interactive"], stdin);
  }

  /** Runs a command there; of what it says on its way, a person reads it all. @returns its standard output, of make none @throws unless it succeeds */
  private succeed([command = "", ...args]: readonly string[], stdin = ""): Promise<string> {
    const env = { ...cleanEnvironment(), PULUMI_CONFIG_PASSPHRASE_FILE: this.at(PASSPHRASE) };
    const tells = command === "make";
    const child = spawn(command, args, { cwd: this.directory, env, stdio: ["pipe", tells ? 2 : "pipe", "inherit"] });
    this.child = child;
    const said: Buffer[] = [];
    child.stdout?.on("data", (chunk: Buffer) => said.push(chunk));
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(stdin);
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => {
        if (code === 0) return resolve(Buffer.concat(said).toString("utf8"));
        const what = tells ? [command, ...args].join(" ") : `pulumi ${args[3] ?? ""} ${args[4] ?? ""}`;
        reject(
          new Error(`expected \`${what}\` in the drill's copy to succeed, found exit code ${code ?? 1}: see above`),
        );
      });
    });
  }
}

/** Holds the drill of a stack. @returns what gives it back @throws where another one is under way */
export function holdDrill(stack: string): () => void {
  const file = `${folderOf(stack)}.pid`;
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const other = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
  if (other > 0 && isAlive(other))
    throw new Error(`another drill of ${stack} is under way (process ${other}); wait for it`);
  writeFileSync(file, String(process.pid));
  return () => rmSync(file, { force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return pid !== process.pid;
  } catch {
    return false;
  }
}
