import { createHash } from "node:crypto";
import * as docker from "@pulumi/docker";
import {
  all,
  ComponentResource,
  type ComponentResourceOptions,
  output,
  type Output,
  type Resource,
  runtime,
} from "@pulumi/pulumi";
import {
  DataMigration,
  HealthGate,
  type HostImage,
  type Place,
  ReleaseSnapshot,
  type RemoteFile,
} from "@vpai/providers";
import type { Endpoint } from "../../model/capability";
import { majorOf } from "../../model/data-version";
import { isOnDemand } from "../../model/run";
import type { ContainerService, SecretsReload } from "../../model/service";
import { backupProgram } from "../../programs/backup";
import type { HostContext, HostNetworks } from "../host-context";
import type { Login } from "../machines/registry-logins";
import { containerArgs } from "./arguments";
import { serveVersionBefore } from "./failed-creation";
import { keepEnoughMemory } from "./memory";
import { acceptance, validation } from "./file-checks";
import { pulledImage } from "./image";
import {
  configFile,
  dataFolder,
  type FileOwner,
  given,
  revisionOf,
  secretFile,
  writeFiles,
  type WrittenFiles,
} from "../workload/files";
import type { RunningService, ServiceArgs } from "../running-service";
import { ofFixedName } from "../docker/fixed-name";
import { hostRunner } from "../docker/leftovers";
import { configsOf, type FileSpec, onHost, type SecretSpec } from "../workload/spec";
import type { SecretStore } from "../secret-store";
import { type ContainerSpec, containerSpec } from "./spec";

/** What a service in a container is made of. */
export interface DockerServiceArgs extends ServiceArgs {
  service: ContainerService;
  networks: HostNetworks;
}

/** One service in a container: its files, secrets, data folders, image, container and health gate. */
export class DockerService extends ComponentResource implements RunningService {
  readonly gate: Resource;
  readonly endpoint: Endpoint;
  readonly service: string;

  private readonly resource: string;
  private readonly host: HostContext;
  private readonly spec: ContainerSpec;
  private readonly place: Place;
  private readonly description: docker.ContainerArgs;
  /** Names what runs. */
  private readonly runs: Output<string>;

  constructor(
    { service, host, context, networks, after, preparation }: DockerServiceArgs,
    options: ComponentResourceOptions,
  ) {
    const resource = `${host.owner.host}/${service.name}`;
    super("vpai:docker:Service", resource, {}, options);
    const exists = (declaration: Parameters<HostContext["secrets"]["get"]>[0]): boolean =>
      host.secrets.get(declaration) !== undefined;
    this.service = service.name;
    this.resource = resource;
    this.host = host;
    this.spec = containerSpec(service, { ...host, context, exists });
    this.endpoint = { container: this.spec.name, port: service.port ?? 0 };
    this.place = {
      container: this.spec.name,
      configs: configsOf(service, host.folder),
      lastHealthy: `${host.folder}/last-healthy/${service.name}`,
    };

    const image = pulledImage(this.spec.image, { resource, host, parent: this });
    const folders = this.spec.data.map((folder) => dataFolder(this.fileOwner, folder));
    const written = writeFiles(this.spec, {
      config: (file) => this.fileOf(file, image),
      secret: (secret) => this.secretOf(secret, image, folders),
    });
    const files = [...written.live, ...written.read];
    preparation.add(image, image.imageId);
    for (const file of files) preparation.add(file, file.writtenAt);
    this.description = containerArgs(this.spec, { image: image.imageId, networks, host });
    const prepared = preparation.cleared.then(() => [...files, ...folders, ...after]);
    const release = this.copyData(image, prepared);
    const migration = this.migrateData(service, image, release);
    const container = this.runContainer(prepared.then((others) => [...others, ...release, ...migration]));
    const gate = isOnDemand(service.run) ? undefined : this.openGate(service, container, written);
    // Nobody knows whether what runs on demand is healthy: whoever needs it is content that it is there.
    this.gate = gate ?? container;
    this.runs =
      gate === undefined ? container.id : all([gate.containerId, gate.revision]).apply((parts) => parts.join(" "));
    this.registerOutputs({ container: this.spec.name, image: this.spec.image });
  }

  onHost(path: string): string {
    return onHost(this.spec, path);
  }

  get running(): Output<string> {
    return this.runs;
  }

  get digest(): Output<string> {
    return output(this.description).apply((described) =>
      createHash("sha256").update(JSON.stringify(described)).digest("hex").slice(0, 12),
    );
  }

  private get fileOwner(): FileOwner {
    return { resource: this.resource, host: this.host, user: this.spec.user, parent: this };
  }

  private fileOf(file: FileSpec, image: HostImage): RemoteFile {
    const { validate } = file;
    if (validate === undefined) return configFile(this.fileOwner, file);
    return configFile(this.fileOwner, file, { argv: validation(file, validate, image.reference), after: [image] });
  }

  private secretOf(secret: SecretSpec, image: HostImage, data: readonly Resource[]): RemoteFile {
    const { validate } = secret;
    if (validate === undefined) return secretFile(this.fileOwner, secret);
    const argv = acceptance(secret, validate, this.spec, image.reference);
    return secretFile(this.fileOwner, secret, { argv, after: [image, ...data] });
  }

  /** What it keeps is copied before another image takes it on. */
  private copyData({ imageId }: HostImage, after: Promise<Resource[]>): ReleaseSnapshot[] {
    const { host, place, service, spec } = this;
    if (host.releases?.keepers.has(service) !== true) return [];
    const { unit, kept } = host.releases;
    return [
      new ReleaseSnapshot(
        `${this.resource}/release`,
        { connection: host.connection, ...place, service, image: imageId, reference: spec.image, unit, kept },
        { parent: this, dependsOn: after },
      ),
    ];
  }

  /** What is of a lower major version than its image reads is brought into that one, once there is a copy. */
  private migrateData(service: ContainerService, { imageId }: HostImage, release: ReleaseSnapshot[]): DataMigration[] {
    const { host, spec, place } = this;
    const { dataVersions } = service;
    if (host.releases === undefined || dataVersions === undefined) return [];
    return [
      new DataMigration(
        `${this.resource}/data-version`,
        {
          connection: host.connection,
          container: place.container,
          service: service.name,
          program: dataVersions.program,
          major: majorOf(service.name, spec.image, dataVersions),
          image: imageId,
          reference: spec.image,
          release: release[0]?.release ?? "",
          command: backupProgram(host.releases.job, host),
          ...this.seen(() => host.findings.ofData(spec)),
        },
        { parent: this, dependsOn: release },
      ),
    ];
  }

  private runContainer(after: Promise<Resource[]>): docker.Container {
    const { spec, host, place } = this;
    const target = { kind: "container" as const, name: spec.name, labels: { ...spec.labels }, adopt: host.adopt };
    const runner = hostRunner(host.connection);
    const options = ofFixedName(this.resource, target, runner, () => serveVersionBefore(place, this.logins, runner));
    const beforeUpdate = [keepEnoughMemory(this.resource, spec.name, runner)];
    return new docker.Container(this.resource, this.description, {
      parent: this,
      provider: host.engine(),
      dependsOn: after,
      // The provider ignores changes of these alone; only a new container takes them on.
      replaceOnChanges: ["healthcheck", "init", "tmpfs"],
      ...options,
      hooks: { ...options.hooks, beforeUpdate },
    });
  }

  private openGate(service: ContainerService, container: docker.Container, { live, read }: WrittenFiles): HealthGate {
    const revision = revisionOf(read);
    return new HealthGate(
      `${this.resource}/health`,
      {
        connection: this.host.connection,
        ...this.place,
        containerId: container.id,
        image: this.spec.image,
        revision,
        networks: attachmentsOf(this.spec),
        ...this.seen(() => this.host.findings.of(this.spec)),
        ...(this.logins.length === 0 ? {} : { logins: this.logins }),
        ...(read.length === 0 ? {} : { ...this.onChange(service, revision), given: given(this.spec, this.host) }),
      },
      { parent: this, dependsOn: [container, ...live, ...read] },
    );
  }

  /** All of them: the version before may come from another registry. */
  private get logins(): Login[] {
    return [...this.host.machine.logins];
  }

  /** What only a run can know, with its moment: found again, it is another one. Where nothing is wrong, it is no input at all. */
  private seen(look: () => Promise<string | undefined>): { found?: Promise<string> } {
    if (runtime.isDryRun()) return {};
    const fault = look();
    return { found: fault.then((what) => what && `${what}, seen ${new Date().toISOString()}`) as Promise<string> };
  }

  /** How the program takes on changed files; a preview names what happens by the property that changes. */
  private onChange({ name, onChange = "restart" }: ContainerService, revision: Output<string>) {
    const secrets = `${this.host.folder}/secrets/${name}`;
    const folders = [this.place.configs, secrets];
    if (onChange !== "restart" && "reload" in onChange)
      return { reload: { revision, folders, command: [...onChange.reload] } };
    const restart = { revision, folders, timeout: this.spec.stopTimeout };
    if (onChange === "restart") return { restart };
    const { command, ...login } = onChange.reloadSecrets;
    const stdin = linesOf(login, this.host.secrets);
    return { restart, reload: { revision, folders: [secrets], command: [...command], stdin } };
  }
}

/** A line for each value of a secret that may be in force. */
function linesOf({ login, line }: Omit<SecretsReload, "command">, secrets: SecretStore): Output<string> {
  const before = secrets.before(login);
  const values = [secrets.require(login), ...(before === undefined ? [] : [before])];
  return all(values).apply((known) => known.map((value) => `${line(value)}\n`).join(""));
}

/** Networks and the container's names there; on none, the engine says so by a network of that name. */
const attachmentsOf = ({ networks, hostname }: ContainerSpec): Record<string, string[]> =>
  networks.length === 0 ? { none: [] } : Object.fromEntries(networks.map((network) => [network, [hostname]]));
