import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { buildMissing } from "../../../toolchain/build";
import { projectRoot, pulumiEnvironment } from "../../../toolchain/environment";
import { pluginPieces } from "../../../toolchain/pieces";
import { run, type Result } from "../../../toolchain/run";
import { TOKEN } from "../../hetzner-api/api";

/** A resource of a stack's state, as far as the tests look at it. */
export interface StateResource {
  urn: string;
  type: string;
  id?: string;
  outputs?: Record<string, unknown>;
}

/** A real engine of its own, with the Hetzner plugin that is built here, for the program beside this file. */
export class Engine {
  readonly directory = mkdtempSync(path.join(tmpdir(), "vpai-hetzner-"));
  readonly program = path.join(this.directory, "program");
  /** The file that gets the operator's private key. */
  readonly identityFile = path.join(this.directory, "identity");

  /** Builds the plugin, unless it is there, and makes an empty stack. @param endpoint of the API */
  async start(endpoint: string): Promise<void> {
    this.endpoint = endpoint;
    mkdirSync(path.join(this.directory, "state"));
    this.writeProgram();
    await this.installPlugin();
    await this.succeed(["stack", "init", "test"]);
  }

  private endpoint = "";

  /** Settings of the program become `HETZNER_<name>`. */
  environment(settings: Record<string, string> = {}): NodeJS.ProcessEnv {
    const given = Object.entries(settings).map(([name, value]) => [`HETZNER_${name}`, value] as const);
    return {
      ...pulumiEnvironment("hetzner-test"),
      PULUMI_HOME: path.join(this.directory, "home"),
      PULUMI_BACKEND_URL: `file://${path.join(this.directory, "state")}?metadata=skip`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      HCLOUD_ENDPOINT: this.endpoint,
      HCLOUD_TOKEN: "",
      HETZNER_TOKEN: TOKEN,
      HETZNER_IDENTITY_FILE: this.identityFile,
      ...Object.fromEntries(given),
    };
  }

  pulumi(args: readonly string[], settings?: Record<string, string>): Promise<Result> {
    return run("pulumi", [...args, "--non-interactive"], { cwd: this.program, env: this.environment(settings) });
  }

  /** @returns the standard output @throws with the whole output when it fails */
  async succeed(args: readonly string[], settings?: Record<string, string>): Promise<string> {
    const { code, stdout, stderr } = await this.pulumi(args, settings);
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")} exited with ${code}:\n${stdout}${stderr}`);
    return stdout;
  }

  up(settings?: Record<string, string>, ...options: string[]): Promise<string> {
    return this.succeed(["up", "--yes", "--skip-preview", ...options], settings);
  }

  /** The output of an `up` that has to fail, in one line. */
  async failingUp(settings?: Record<string, string>): Promise<string> {
    const { code, stdout, stderr } = await this.pulumi(["up", "--yes", "--skip-preview"], settings);
    if (code === 0) throw new Error(`expected up to fail, found success:\n${stdout}`);
    return (stdout + stderr).replaceAll(/\s+/g, " ");
  }

  /** The state's resources, with secrets in the clear. */
  async state(): Promise<StateResource[]> {
    const text = await this.succeed(["stack", "export", "--show-secrets"]);
    return (JSON.parse(text) as { deployment: { resources?: StateResource[] } }).deployment.resources ?? [];
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** The engine writes its config beside Pulumi.yaml, so that lies outside of the checkout. */
  private writeProgram(): void {
    mkdirSync(this.program);
    const runtime = "runtime: { name: nodejs, options: { typescript: false, nodeargs: --require tsx/cjs } }";
    const files = {
      "Pulumi.yaml": `name: hetzner\nmain: index.cjs\n${runtime}\n`,
      "package.json": '{ "name": "hetzner", "private": true }\n',
      "index.cjs": `module.exports = require(${JSON.stringify(path.join(__dirname, "program.ts"))});\n`,
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(this.program, name), text);
    symlinkSync(path.join(projectRoot, "node_modules"), path.join(this.program, "node_modules"));
  }

  private async installPlugin(): Promise<void> {
    const [piece] = pluginPieces(["hcloud"]);
    if (piece === undefined) throw new Error("expected the piece hcloud, found none");
    await buildMissing(piece.binaries);
    const directory = path.join(this.directory, "home", "plugins", `resource-hcloud-v${piece.version}`);
    mkdirSync(directory, { recursive: true });
    for (const { file } of piece.binaries) symlinkSync(file, path.join(directory, path.basename(file)));
  }
}
