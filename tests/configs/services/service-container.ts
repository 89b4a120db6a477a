import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { ensureImage } from "../../../lab/images/build";
import type { ServiceContext } from "../../../model/context";
import { scratchOf } from "../../../model/run";
import type { ContainerService } from "../../../model/service";
import { eventually } from "../../eventually";

/** How a program in a container ended. */
export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

const docker = (...args: string[]): Ended => {
  const { status, stdout, stderr } = spawnSync("docker", args, { encoding: "utf8" });
  return { code: status ?? -1, stdout, stderr };
};

/** A service's own program in the lab's image, with its rendered files, user, rights and secrets; no network. */
export class ServiceContainer {
  private readonly folder = mkdtempSync(path.join(os.tmpdir(), "service-"));
  private readonly name = `vpai-configs-${process.pid}-${path.basename(this.folder)}`;
  private readonly image: Promise<string>;

  /** @param image name of the lab's image */
  constructor(
    private readonly service: ContainerService,
    private readonly context: ServiceContext,
    image: string,
  ) {
    this.image = ensureImage(image);
    chmodSync(this.folder, 0o755);
  }

  /** The rendered files, as they are or as `change` makes them. */
  files(change: (content: string) => string = (content) => content): string[] {
    return (this.service.files?.(this.context) ?? []).flatMap((file) =>
      this.mount(file.path, change(file.content as string), "0:0", 0o644),
    );
  }

  /** Lets the program judge its files, as they are or as `change` makes them, with the check of a deployment. */
  async validate(change?: (content: string) => string): Promise<Ended> {
    const checked = this.service.files?.(this.context).find(({ validate }) => validate !== undefined);
    if (checked?.validate === undefined) throw new Error(`no file of ${this.service.name} says how it is checked`);
    const entrypoint = checked.validator === undefined ? [] : ["--entrypoint", checked.validator];
    return this.runOnce(checked.validate, [...this.files(change), ...entrypoint]);
  }

  /** Runs one command in a container of its own. @param options of `docker run`; default: the service's files */
  async runOnce(command: readonly string[], options = this.files()): Promise<Ended> {
    return docker("run", "--rm", "--network", "none", ...options, await this.image, ...command);
  }

  /** Starts the service. @param secrets values by name of their file @param names that are found in the container itself */
  async start(secrets: Record<string, string>, data: string, names: readonly string[] = []): Promise<void> {
    const { run, user, environment, health } = this.service;
    const { command = [], capabilities = [], writableRoot } = run;
    const declared = Object.entries(this.service.secrets ?? {});
    const options = [
      ...["--user", `${user.uid}:${user.gid}`, "--cap-drop", "ALL", "--security-opt", "no-new-privileges"],
      ...capabilities.flatMap((capability) => ["--cap-add", capability]),
      ...(writableRoot === undefined ? ["--read-only"] : []),
      ...names.flatMap((name) => ["--add-host", `${name}:127.0.0.1`]),
      ...scratchOf(run).flatMap((target) => ["--tmpfs", `${target}:mode=1777`]),
      ...["--tmpfs", `${data}:mode=0700,uid=${user.uid},gid=${user.gid}`],
      ...this.files(),
      ...declared.flatMap(([name, { render = (value: string) => value }]) =>
        this.mount(`/run/secrets/${name}`, render(secrets[name] ?? "", this.context), `${user.uid}:${user.gid}`, 0o400),
      ),
      ...Object.entries(environment?.(this.context) ?? {}).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
      ...declared.flatMap(([name, { variable }]) =>
        variable === undefined ? [] : ["--env", `${variable}=/run/secrets/${name}`],
      ),
    ];
    const started = docker(
      "run",
      "--detach",
      "--name",
      this.name,
      "--network",
      "none",
      ...options,
      await this.image,
      ...command,
    );
    if (started.code !== 0) throw new Error(started.stderr);
    await eventually(() => {
      if (this.run(health.test).code !== 0) throw new Error(`${this.service.name} is not healthy:\n${this.logs()}`);
    }, 60);
  }

  /** Runs a command in the started service. */
  run(command: readonly string[], input = ""): Ended {
    const { status, stdout, stderr } = spawnSync("docker", ["exec", "--interactive", this.name, ...command], {
      encoding: "utf8",
      input,
    });
    return { code: status ?? -1, stdout, stderr };
  }

  logs(): string {
    return execFileSync("sh", ["-c", 'docker logs "$1" 2>&1', "logs", this.name], { encoding: "utf8" });
  }

  remove(): void {
    docker("rm", "--force", "--volumes", this.name);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private mount(target: string, content: string, owner: string, mode: number): string[] {
    const source = path.join(this.folder, target);
    mkdirSync(path.dirname(source), { recursive: true });
    writeFileSync(source, content);
    const [uid = 0, gid = 0] = owner.split(":").map(Number);
    chownSync(source, uid, gid);
    chmodSync(source, mode);
    return ["--volume", `${source}:${target}:ro`];
  }
}
