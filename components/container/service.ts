import { createHash } from "node:crypto";
import * as docker from "@pulumi/docker";
import {
  all,
  ComponentResource,
  type ComponentResourceOptions,
  interpolate,
  output,
  type Output,
  type Resource,
  runtime,
} from "@pulumi/pulumi";
import { HealthGate, HostImage, type Place, RemoteDirectory, RemoteFile } from "@vpai/providers";
import type { ServiceContext } from "../../model/context";
import type { ContainerService } from "../../model/service";
import type { HostContext, HostNetworks } from "../host-context";
import { type Login, loginFor } from "../machines/registry-logins";
import { containerArgs } from "./arguments";
import { serveVersionBefore } from "./failed-creation";
import { keepEnoughMemory } from "./memory";
import type { Preparation } from "./preparation";
import { acceptance, givenOf, validation } from "./file-checks";
import { ofFixedName } from "../docker/fixed-name";
import { hostRunner } from "../docker/leftovers";
import {
  configsOf,
  type ContainerSpec,
  containerSpec,
  type DataSpec,
  type FileSpec,
  onHost,
  type SecretSpec,
} from "./spec";

export interface DockerServiceArgs {
  service: ContainerService;
  host: HostContext;
  context: ServiceContext;
  networks: HostNetworks;
  /** Resources that must be there before the container starts. */
  after: readonly Resource[];
  /** Takes on the service's images and files; its container waits for those of all services. */
  preparation: Preparation;
}

/** One service on one host: its files, secrets, data folders, image, container and health gate. */
export class DockerService extends ComponentResource {
  /** Opens when the service is healthy. */
  readonly gate: HealthGate;
  /** The container's name. */
  readonly containerName: string;

  private readonly resource: string;
  private readonly host: HostContext;
  private readonly spec: ContainerSpec;
  private readonly place: Place;
  private readonly description: docker.ContainerArgs;

  constructor(
    { service, host, context, networks, after, preparation }: DockerServiceArgs,
    options: ComponentResourceOptions,
  ) {
    const resource = `${host.owner.host}/${service.name}`;
    super("vpai:docker:Service", resource, {}, options);
    const exists = (declaration: Parameters<HostContext["secrets"]["get"]>[0]): boolean =>
      host.secrets.get(declaration) !== undefined;
    this.resource = resource;
    this.host = host;
    this.spec = containerSpec(service, { ...host, context, exists });
    this.containerName = this.spec.name;
    this.place = {
      container: this.spec.name,
      configs: configsOf(service, host.folder),
      lastHealthy: `${host.folder}/last-healthy/${service.name}`,
    };

    const image = this.pullImage();
    const folders = this.spec.data.map((folder) => this.dataFolder(folder));
    const files = [
      ...this.spec.files.map((file) => this.configFile(file, image)),
      ...this.spec.secrets.map((secret) => this.secretFile(secret, image, folders)),
    ];
    preparation.add(image, image.imageId);
    for (const file of files) preparation.add(file, file.writtenAt);
    this.description = containerArgs(this.spec, { image: image.imageId, networks, host });
    const container = this.runContainer(preparation.cleared.then(() => [...files, ...folders, ...after]));
    this.gate = this.openGate(service, container, files);
    this.registerOutputs({ container: this.containerName, image: this.spec.image });
  }

  /** Where the host keeps what the container sees at a path. @throws for a path outside its data folders */
  onHost(path: string): string {
    return onHost(this.spec, path);
  }

  /** Tells two containers apart that are made from different things. */
  get digest(): Output<string> {
    return output(this.description).apply((described) =>
      createHash("sha256").update(JSON.stringify(described)).digest("hex").slice(0, 12),
    );
  }

  private pullImage(): HostImage {
    const { image } = this.spec;
    const { digest, dependsOn } = this.host.machine.imageSource(image);
    const login = loginFor(image, this.host.machine.logins);
    const reference = digest === undefined ? image : interpolate`${image}@${digest}`;
    return new HostImage(
      `${this.resource}/image`,
      { connection: this.host.connection, reference, ...(login === undefined ? {} : { login }) },
      { parent: this, dependsOn, hooks: this.host.beforeChange },
    );
  }

  private configFile(file: FileSpec, image: HostImage): RemoteFile {
    const { name, path, content, validate } = file;
    return new RemoteFile(
      `${this.resource}/config/${name}`,
      {
        connection: this.host.connection,
        path,
        content,
        mode: "0644",
        ...(validate === undefined ? {} : { validate: validation(file, validate, image.reference) }),
      },
      { parent: this, dependsOn: validate === undefined ? [] : [image], hooks: this.host.beforeChange },
    );
  }

  private secretFile(secret: SecretSpec, image: HostImage, data: readonly Resource[]): RemoteFile {
    const { name, path, validate, declaration } = secret;
    return new RemoteFile(
      `${this.resource}/secret/${name}`,
      {
        connection: this.host.connection,
        path,
        content: this.secretContent(secret),
        owner: this.spec.user,
        mode: "0400",
        ...(declaration.bound === undefined
          ? {}
          : { bound: `secrets:${declaration.name} cannot be changed: ${declaration.bound}` }),
        ...(validate === undefined ? {} : { validate: acceptance(secret, validate, this.spec, image.reference) }),
      },
      { parent: this, dependsOn: validate === undefined ? [] : [image, ...data], hooks: this.host.beforeChange },
    );
  }

  private readonly secretContent = ({ declaration, render }: SecretSpec): Output<string> =>
    this.host.secrets.require(declaration).apply(render);

  /** Of all files, secrets among them. */
  private given(): Output<string> {
    const secrets = this.spec.secrets.map((secret) => ({ path: secret.path, content: this.secretContent(secret) }));
    return givenOf([...this.spec.files.map(({ path, content }) => ({ path, content })), ...secrets]);
  }

  private dataFolder({ name, path, mode }: DataSpec): RemoteDirectory {
    return new RemoteDirectory(
      `${this.resource}/data/${name}`,
      { connection: this.host.connection, path, owner: this.spec.user, mode },
      { parent: this, protect: this.host.machine.protects, hooks: this.host.beforeChange },
    );
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

  private openGate(service: ContainerService, container: docker.Container, files: readonly RemoteFile[]): HealthGate {
    const revision = revisionOf(files);
    return new HealthGate(
      `${this.resource}/health`,
      {
        connection: this.host.connection,
        ...this.place,
        containerId: container.id,
        image: this.spec.image,
        revision,
        networks: attachmentsOf(this.spec),
        ...this.found(),
        ...(this.logins.length === 0 ? {} : { logins: this.logins }),
        ...(files.length === 0 ? {} : { ...this.onChange(service, revision), given: this.given() }),
      },
      { parent: this, dependsOn: [container, ...files] },
    );
  }

  /** All of them: the version before may come from another registry. */
  private get logins(): Login[] {
    return [...this.host.machine.logins];
  }

  /** What only a run can know, with its moment: found again, it is another one. Where nothing is wrong, it is no input at all. */
  private found(): { found?: Promise<string> } {
    if (runtime.isDryRun()) return {};
    const fault = this.host.findings.of(this.spec);
    return { found: fault.then((what) => what && `${what}, seen ${new Date().toISOString()}`) as Promise<string> };
  }

  /** How the program takes on changed files; a preview names what happens by the property that changes. */
  private onChange({ name, onChange = "restart" }: ContainerService, revision: Output<string>) {
    const folders = [this.place.configs, `${this.host.folder}/secrets/${name}`];
    return onChange === "restart"
      ? { restart: { revision, folders, timeout: this.spec.stopTimeout } }
      : { reload: { revision, folders, command: [...onChange.reload] } };
  }
}

/** Networks and the container's names there; on none, the engine says so by a network of that name. */
const attachmentsOf = ({ networks, hostname }: ContainerSpec): Record<string, string[]> =>
  networks.length === 0 ? { none: [] } : Object.fromEntries(networks.map((network) => [network, [hostname]]));

/** Names what was written into a service's files, and when: a repaired file is new to a program that read another one. */
const revisionOf = (files: readonly RemoteFile[]): Output<string> =>
  all(files.map(({ writtenAt }) => writtenAt)).apply((moments) => moments.join(" "));
