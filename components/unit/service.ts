import { createHash } from "node:crypto";
import { all, ComponentResource, type ComponentResourceOptions, type Output, type Resource } from "@pulumi/pulumi";
import { type HostProgram, SystemdUnit, type RemoteFile } from "@vpai/providers";
import type { Endpoint } from "../../model/capability";
import type { ConfigFile } from "../../model/files";
import { programFolder } from "../../model/program";
import type { UnitService } from "../../model/service";
import { configFile, dataFolder, type FileOwner, given, revisionOf, secretFile, writeFiles } from "../workload/files";
import { configsOf, type FileSpec, onHost } from "../workload/spec";
import type { RunningService, ServiceArgs } from "../running-service";
import { hostProgram } from "./program";
import type { Runtimes } from "./runtimes";
import { filledIn, marks, unitFile, type UnitSpec, unitSpec } from "./spec";

/** What a service as a systemd unit is made of. */
export interface SystemdServiceArgs extends ServiceArgs {
  service: UnitService;
  runtimes: Runtimes;
}

/** Where a unit answers the programs of its host. */
const LOOPBACK = "127.0.0.1";

/** One service as a systemd unit: its programs, files, secrets, data folders, and the unit. */
export class SystemdService extends ComponentResource implements RunningService {
  readonly gate: SystemdUnit;
  readonly endpoint: Endpoint;
  readonly service: string;
  private readonly spec: UnitSpec;
  private readonly args: SystemdServiceArgs;
  private readonly resource: string;

  constructor(args: SystemdServiceArgs, options: ComponentResourceOptions) {
    const { service, host, context, preparation, runtimes, after } = args;
    const resource = `${host.owner.host}/${service.name}`;
    super("vpai:host:Service", resource, {}, options);
    this.args = args;
    this.service = service.name;
    this.resource = resource;
    const exists: Parameters<typeof unitSpec>[1]["exists"] = (declaration) =>
      host.secrets.get(declaration) !== undefined;
    this.spec = unitSpec(service, { ...host, context, exists });
    this.endpoint = { address: LOOPBACK, port: service.port ?? 0 };

    const needed = this.spec.runtimes.map((program) => runtimes.get(program, preparation));
    const own = hostProgram(`${resource}/program`, this.spec.program, {
      ...{ host, parent: this },
      use: "unit",
      runtimes: needed,
    });
    preparation.add(own, own.installedAt);
    const folders = this.spec.data.map((folder) => dataFolder(this.fileOwner, folder));
    const programs = [own, ...needed];
    const { live, read } = writeFiles(this.spec, {
      config: (file) => this.fileOf(file, programs),
      secret: (secret) => secretFile(this.fileOwner, secret),
    });
    const files = [...live, ...read];
    for (const file of files) preparation.add(file, file.writtenAt);
    const first = preparation.cleared.then(() => [...programs, ...files, ...folders, ...after]);
    this.gate = this.unit(programs, read, first);
    this.registerOutputs({ unit: this.spec.unit, version: this.spec.program.version });
  }

  onHost(path: string): string {
    return onHost(this.spec, path);
  }

  get running(): Output<string> {
    return all([this.gate.content, this.gate.programs, this.gate.revision]).apply(([content, programs, revision]) =>
      [digestOf([content, programs]), revision].join(" "),
    );
  }

  get digest(): Output<string> {
    return all([unitFile(this.spec)]).apply(digestOf);
  }

  private get fileOwner(): FileOwner {
    return { resource: this.resource, host: this.args.host, user: this.spec.user, parent: this };
  }

  /** A file's own check is a command of the version that is to read it, which may not be in use yet. */
  private fileOf(file: FileSpec, after: readonly Resource[]): RemoteFile {
    const { validate } = file satisfies Pick<ConfigFile, "validate">;
    if (validate === undefined) return configFile(this.fileOwner, file);
    const { service, host } = this.args;
    const { program } = service.run;
    const own = `${programFolder(host.folder, program)}/${program.version}`;
    const argv = validate.map((one) => filledIn(one.replaceAll(`{${program.name}}`, own), service, host));
    return configFile(this.fileOwner, file, { argv, after });
  }

  private unit(
    programs: readonly HostProgram[],
    files: readonly RemoteFile[],
    after: Promise<Resource[]>,
  ): SystemdUnit {
    const { host, service } = this.args;
    const { spec } = this;
    return new SystemdUnit(
      `${this.resource}/unit`,
      {
        connection: host.connection,
        unit: spec.unit,
        content: unitFile(spec),
        marks: marks(spec.labels),
        adopt: host.adopt,
        user: spec.user,
        programs: programs.map(({ folder, release, digest }) => ({ folder, version: release, digest })),
        revision: all([revisionOf(files), ...programs.map(({ installedAt }) => installedAt)]).apply((moments) =>
          moments.join(" "),
        ),
        ...(files.length === 0 ? {} : { given: given(spec, host) }),
        reload: spec.reload !== undefined,
        health: spec.health,
        configs: configsOf(service, host.folder),
        lastHealthy: `${host.folder}/last-healthy/${service.name}`,
      },
      { parent: this, dependsOn: after },
    );
  }
}

const digestOf = (parts: unknown): string =>
  createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 12);
