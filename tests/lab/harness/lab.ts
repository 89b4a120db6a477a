import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { projectRoot } from "../../../toolchain/environment";
import { labIdentity } from "../../../toolchain/lab-identity";
import type { Connection } from "../../../providers/ssh/connection";
import { type Changes, changesOfEvents, changesOfPreview, errorsOfEvents } from "./changes";
import { copyCheckout, copyDirectory, restoreFile } from "./copy";
import { removeDockerObjectsOf } from "./docker";
import { LabHost } from "./host";
import { killProcess, processesIn } from "./processes";
import { cleanEnvironment, lastLines, type Result, run, type RunOptions, succeed } from "./run";

interface Outputs {
  hosts: Record<string, { connection: Connection; publicAddress: string }>;
}

interface Exported {
  deployment: { resources: { urn: string; type: string; outputs: Record<string, unknown> }[] };
}

/** A copy of the checkout and the lab that its commands bring up. */
export class Lab {
  private pulumiEnvironment: NodeJS.ProcessEnv | undefined;
  private outputs: Outputs | undefined;
  private readonly edited = new Set<string>();

  private constructor(readonly directory: string) {}

  /** A copy of the checkout; nothing of its lab runs yet. @param name of the copy, a file name */
  static prepare(name: string): Promise<Lab> {
    return Promise.resolve(new Lab(copyCheckout(name)));
  }

  /** A copy that is already there. */
  static existing(name: string): Lab {
    return new Lab(copyDirectory(name));
  }

  /** `make <target>` as a person would type it. @param target with variables, e.g. `ssh HOST=sese-ai` */
  make(target: string, options: RunOptions = {}): Promise<Result> {
    return run(["make", ...target.split(" ")], { timeout: 1500, directory: this.directory, ...options });
  }

  /** `make` with arguments that may have blanks in them. */
  makeArguments(args: readonly string[], options: RunOptions = {}): Promise<Result> {
    return run(["make", ...args], { timeout: 1500, directory: this.directory, ...options });
  }

  /** `make <target>`, which has to succeed. */
  makeSucceed(target: string, options: RunOptions = {}): Promise<Result> {
    return succeed(["make", ...target.split(" ")], { timeout: 1500, directory: this.directory, ...options });
  }

  /** The environment that `make env` gives a shell. */
  async environment(): Promise<NodeJS.ProcessEnv> {
    this.pulumiEnvironment ??= await this.askEnvironment();
    return this.pulumiEnvironment;
  }

  /** Plain `pulumi` on the lab stack, as after `eval "$(make -s env)"`. */
  async pulumi(args: readonly string[], options: RunOptions = {}): Promise<Result> {
    return run(["pulumi", ...args, "--stack", "lab", "--non-interactive"], await this.pulumiOptions(options));
  }

  async pulumiSucceed(args: readonly string[], options: RunOptions = {}): Promise<Result> {
    return succeed(["pulumi", ...args, "--stack", "lab", "--non-interactive"], await this.pulumiOptions(options));
  }

  /** What an `up` would change. */
  async preview(): Promise<Changes> {
    return changesOfPreview((await this.pulumiSucceed(["preview", "--json"])).stdout);
  }

  /** Brings the stack up. @returns what that changed */
  async up(): Promise<Changes> {
    return this.changesBy("up");
  }

  /** Reads what is there. @returns what differed */
  async refresh(): Promise<Changes> {
    return this.changesBy("refresh");
  }

  /** A host of the stack, as its outputs describe it. */
  async host(name: string): Promise<LabHost> {
    const { hosts } = await this.askOutputs();
    const found = hosts[name];
    if (found === undefined) throw new Error(`the stack has no host ${name}; it has ${Object.keys(hosts).join(", ")}`);
    return new LabHost(name, found.connection, found.publicAddress);
  }

  /** Every host of the stack. */
  async hosts(): Promise<LabHost[]> {
    return Promise.all(Object.keys((await this.askOutputs()).hosts).map((name) => this.host(name)));
  }

  /** The generated secrets in the state, by name. */
  async generatedSecrets(): Promise<Record<string, string>> {
    const { stdout } = await this.pulumiSucceed(["stack", "export", "--show-secrets"]);
    const { deployment } = JSON.parse(stdout) as Exported;
    const passwords = deployment.resources.filter(({ type }) => type === "random:index/randomPassword:RandomPassword");
    return Object.fromEntries(
      passwords.map(({ urn, outputs }) => [urn.slice(urn.lastIndexOf("::") + 2), plain(outputs["result"])]),
    );
  }

  /** Changes a file of the copy, or makes it. @throws when `change` leaves it as it was */
  edit(file: string, change: (text: string) => string): void {
    const target = path.join(this.directory, file);
    const before = existsSync(target) ? readFileSync(target, "utf8") : "";
    const after = change(before);
    if (after === before)
      throw new Error(`the edit of ${file} changes nothing: it no longer holds what the test looks for`);
    this.edited.add(file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, after);
  }

  /** Puts a folder of the checkout at another place of the copy. Both are relative. */
  addFolder(folder: string, target: string): void {
    cpSync(path.join(projectRoot, folder), path.join(this.directory, target), { recursive: true });
  }

  /** Replaces a text that a file of the copy holds exactly once. */
  replace(file: string, old: string, replacement: string): void {
    this.edit(file, (text) => {
      if (text.split(old).length !== 2) throw new Error(`expected "${old}" once in ${file}`);
      return text.replace(old, () => replacement);
    });
  }

  /** Puts every edited file back to what the checkout has. */
  restoreFiles(): void {
    for (const file of this.edited) restoreFile(this.directory, file);
    this.edited.clear();
  }

  /** Takes the lab and the copy away, also when its commands no longer work. @throws when `make down` fails, afterwards */
  async remove(): Promise<void> {
    for (const { pid } of processesIn(this.directory)) killProcess(pid);
    const down = existsSync(path.join(this.directory, ".vpai", "lab"))
      ? await this.make("down", { timeout: 300 })
      : undefined;
    await removeDockerObjectsOf(this.directory);
    rmSync(this.directory, { recursive: true, force: true });
    if (down !== undefined && down.code !== 0)
      throw new Error(`make down in ${this.directory} exited with ${down.code}:\n${lastLines(down.all)}`);
  }

  /** What the lab's things on this machine are called. */
  get identity(): ReturnType<typeof labIdentity> {
    return labIdentity(this.directory);
  }

  private async askOutputs(): Promise<Outputs> {
    this.outputs ??= JSON.parse((await this.pulumiSucceed(["stack", "output", "--json"])).stdout) as Outputs;
    return this.outputs;
  }

  private async changesBy(command: "up" | "refresh"): Promise<Changes> {
    const { code, stdout, stderr } = await this.pulumi([command, "--json", "--yes", "--skip-preview"]);
    if (code !== 0)
      throw new Error(`pulumi ${command} exited with ${code}:\n${lastLines(errorsOfEvents(stdout) + stderr)}`);
    return changesOfEvents(stdout);
  }

  private async pulumiOptions(options: RunOptions): Promise<RunOptions> {
    return { directory: this.directory, environment: await this.environment(), ...options };
  }

  private async askEnvironment(): Promise<NodeJS.ProcessEnv> {
    const script = 'exports=$(make -s env) && eval "$exports" && env -0';
    const { stdout } = await succeed(["sh", "-c", script], {
      directory: this.directory,
      environment: cleanEnvironment(),
    });
    const pairs = stdout.split("\0").filter((pair) => pair !== "");
    return Object.fromEntries(
      pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]),
    );
  }
}

/** The text of a secret, which an export that shows it still wraps. */
function plain(value: unknown): string {
  const { plaintext } = value as { plaintext?: string };
  if (plaintext === undefined) throw new Error("expected a secret in the state, found a plain value");
  return JSON.parse(plaintext) as string;
}
