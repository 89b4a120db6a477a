import { createHash } from "node:crypto";
import * as docker from "@pulumi/docker";
import {
  all,
  ComponentResource,
  type ComponentResourceOptions,
  output,
  type Output,
  type Resource,
} from "@pulumi/pulumi";
import type { HostImage, Place, RemoteFile } from "@vpai/providers";
import type { Endpoint } from "../../model/capability";
import { isOnDemand } from "../../model/run";
import type { ContainerService } from "../../model/service";
import type { HostContext, HostNetworks } from "../host-context";
import { containerArgs } from "./arguments";
import { copiedData, migratedData } from "./data";
import { serveVersionBefore } from "./failed-creation";
import { keepEnoughMemory } from "./memory";
import { acceptance, validation } from "./file-checks";
import { healthGate } from "./gate";
import { pulledImage } from "./image";
import { loginsOf } from "./made";
import { configFile, dataFolder, type FileOwner, secretFile, writeFiles } from "../workload/files";
import type { RunningService, ServiceArgs } from "../running-service";
import { ofFixedName } from "../docker/fixed-name";
import { hostRunner } from "../docker/leftovers";
import { configsOf, type FileSpec, onHost, type SecretSpec } from "../workload/spec";
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
    const made = { resource, host, spec: this.spec, place: this.place, parent: this };
    const release = copiedData(made, service, image, prepared);
    const migration = migratedData(made, service, image, release);
    const container = this.runContainer(prepared.then((others) => [...others, ...release, ...migration]));
    const gate = isOnDemand(service.run) ? undefined : healthGate(made, service, container, written);
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

  private runContainer(after: Promise<Resource[]>): docker.Container {
    const { spec, host, place } = this;
    const target = { kind: "container" as const, name: spec.name, labels: { ...spec.labels }, adopt: host.adopt };
    const runner = hostRunner(host.connection);
    const options = ofFixedName(this.resource, target, runner, () => serveVersionBefore(place, loginsOf(host), runner));
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
}
