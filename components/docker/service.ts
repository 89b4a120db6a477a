import path from "node:path";
import * as docker from "@pulumi/docker";
import {
  all,
  ComponentResource,
  type ComponentResourceOptions,
  interpolate,
  type Output,
  type Resource,
} from "@pulumi/pulumi";
import { HealthGate, type Place, RemoteDirectory, RemoteFile } from "@vpai/providers";
import type { ConfigFile, Service, ServiceContext } from "../../services/model";
import { SECRETS_FOLDER } from "../../services/model";
import { type HostContext, platformFolder } from "../host-context";
import { serveVersionBefore } from "./failed-creation";
import { ofFixedName } from "./fixed-name";
import { hostRunner } from "./leftovers";
import type { Networks } from "./networks";
import { asLabels, ownershipLabels } from "./ownership";
import { publishedPorts } from "./ports";
import { startOf } from "./start";

export interface DockerServiceArgs {
  service: Service;
  host: HostContext;
  context: ServiceContext;
  networks: Networks;
  /** Resources that must be there before the container starts. */
  after: Resource[];
}

/** One service on one host: its files, secrets, data folders, image, container and health gate. */
export class DockerService extends ComponentResource {
  /** Opens when the service is healthy. */
  readonly gate: HealthGate;
  /** The container's name. */
  readonly containerName: string;

  private readonly resource: string;
  private readonly service: Service;
  private readonly host: HostContext;
  private readonly place: Place;

  constructor(args: DockerServiceArgs, options: ComponentResourceOptions) {
    const resource = `${args.host.owner.host}/${args.service.name}`;
    super("vpai:docker:Service", resource, {}, options);
    this.resource = resource;
    this.service = args.service;
    this.host = args.host;
    this.containerName = `${args.host.owner.platform}_${args.service.name}`;
    this.place = {
      container: this.containerName,
      configs: `${platformFolder(args.host.owner)}/configs/${args.service.name}`,
      lastHealthy: `${platformFolder(args.host.owner)}/last-healthy/${args.service.name}`,
    };

    const image = this.pullImage();
    const configs = this.configFiles(args.context, image);
    const secrets = this.secretFiles();
    const data = this.dataFolders();
    const container = this.runContainer(args, image, { configs, secrets, data });
    const files = [...configs.files, ...secrets.files];
    const revision = revisionOf(files);
    this.gate = new HealthGate(
      `${resource}/health`,
      {
        connection: this.host.connection,
        ...this.place,
        containerId: container.id,
        image: this.service.image,
        revision,
        ...(files.length === 0 ? {} : this.onChange(revision)),
      },
      { parent: this, dependsOn: [container, ...files] },
    );
    this.registerOutputs({ container: this.containerName, image: this.service.image });
  }

  private pullImage(): docker.RemoteImage {
    const { image } = this.service;
    const { digest, dependsOn } = this.host.imageSource(image);
    return new docker.RemoteImage(
      `${this.resource}/image`,
      { name: digest === undefined ? image : interpolate`${image}@${digest}`, keepLocally: true },
      { parent: this, provider: this.host.engine, dependsOn },
    );
  }

  private configFiles(context: ServiceContext, image: docker.RemoteImage): Mounted {
    const files = this.service.files?.(context) ?? [];
    if (files.length === 0) return NOTHING;
    const target = commonFolder(files.map((file) => file.path));
    const source = this.place.configs;
    return {
      mounts: [{ type: "bind", source, target, readOnly: true }],
      files: files.map((file) => {
        const name = path.posix.relative(target, file.path);
        return this.configFile(file, name, path.posix.join(source, name), image);
      }),
    };
  }

  private configFile(file: ConfigFile, name: string, onHost: string, image: docker.RemoteImage): RemoteFile {
    return new RemoteFile(
      `${this.resource}/config/${name}`,
      {
        connection: this.host.connection,
        path: onHost,
        content: file.content,
        mode: "0644",
        ...(file.validate === undefined ? {} : { validate: validation(file, file.validate, image.name) }),
      },
      { parent: this, dependsOn: file.validate === undefined ? [] : [image] },
    );
  }

  /** Each secret is a file of its own that only the program's user can read. */
  private secretFiles(): Mounted {
    const { uid, gid } = this.service.user;
    const source = `${platformFolder(this.host.owner)}/secrets/${this.service.name}`;
    const files = Object.entries(this.service.secrets ?? {}).flatMap(
      ([name, { secret, render = (value: string) => value }]) => {
        const value = this.host.secrets.get(secret);
        if (value === undefined) return [];
        return new RemoteFile(
          `${this.resource}/secret/${name}`,
          {
            connection: this.host.connection,
            path: `${source}/${name}`,
            content: value.apply(render),
            owner: `${uid}:${gid}`,
            mode: "0400",
          },
          { parent: this },
        );
      },
    );
    return files.length === 0
      ? NOTHING
      : { files, mounts: [{ type: "bind", source, target: SECRETS_FOLDER, readOnly: true }] };
  }

  private dataFolders(): Mounted {
    const { uid, gid } = this.service.user;
    const folders = (this.service.data ?? []).map(({ path: target, directory = this.service.name, mode = "0700" }) => ({
      directory,
      source: `${platformFolder(this.host.owner)}/data/${directory}`,
      target,
      mode,
    }));
    return {
      // A refresh orders mounts anew and keeps each place's own properties, so all of them name the same ones.
      mounts: folders.map(({ source, target }) => ({ type: "bind", source, target, readOnly: false })),
      files: folders.map(
        ({ directory, source, mode }) =>
          new RemoteDirectory(
            `${this.resource}/data/${directory}`,
            { connection: this.host.connection, path: source, owner: `${uid}:${gid}`, mode },
            { parent: this, protect: this.host.protect },
          ),
      ),
    };
  }

  private runContainer(
    { context, networks, after }: DockerServiceArgs,
    image: docker.RemoteImage,
    { configs, secrets, data }: { configs: Mounted; secrets: Mounted; data: Mounted },
  ): docker.Container {
    const { service, host } = this;
    const labels = { ...ownershipLabels(host.owner), "dev.vpai.service": service.name };
    const target = { kind: "container" as const, name: this.containerName, labels, adopt: host.adopt };
    const runner = hostRunner(host.connection);
    return new docker.Container(
      this.resource,
      {
        name: this.containerName,
        hostname: service.name,
        image: image.imageId,
        ...startOf(service, (secret) => host.secrets.get(secret) !== undefined),
        envs: this.environment(context),
        labels: asLabels(labels),
        mounts: [...configs.mounts, ...secrets.mounts, ...data.mounts, ...hostMounts(service)],
        tmpfs: Object.fromEntries((service.scratch ?? []).map((folder) => [folder, "mode=1777"])),
        networksAdvanced: service.networks.map((network) => ({
          name: networks.get(network).name,
          aliases: [service.name],
        })),
        ports: publishedPorts(service, host),
        memory: service.limits.memoryMiB,
        memorySwap: service.limits.memoryMiB,
        cpus: decimal(service.limits.cpus),
        user: `${service.user.uid}:${service.user.gid}`,
        capabilities: { drops: ["ALL"], adds: (service.capabilities ?? []).map((capability) => `CAP_${capability}`) },
        securityOpts: ["no-new-privileges"],
        init: false,
        healthcheck: healthcheck(service),
        logDriver: "json-file",
        logOpts: { "max-size": "10m", "max-file": "3" },
        restart: "unless-stopped",
        destroyGraceSeconds: service.stopTimeout ?? 10,
        stopTimeout: service.stopTimeout ?? 10,
      },
      {
        parent: this,
        provider: host.engine,
        dependsOn: [...configs.files, ...secrets.files, ...data.files, ...after],
        // The provider ignores changes of these alone; only a new container takes them on.
        replaceOnChanges: ["healthcheck", "init", "tmpfs"],
        ...ofFixedName(this.resource, target, runner, () => serveVersionBefore(this.place, runner)),
      },
    );
  }

  private environment(context: ServiceContext): string[] {
    const fromSecrets = Object.entries(this.service.secrets ?? {}).flatMap(([name, { secret, variable }]) =>
      variable === undefined || this.host.secrets.get(secret) === undefined
        ? []
        : [[variable, `${SECRETS_FOLDER}/${name}`] as const],
    );
    return [...Object.entries(this.service.environment?.(context) ?? {}), ...fromSecrets]
      .map(([name, value]) => `${name}=${value}`)
      .sort();
  }

  /** How the program takes on changed files; a preview names what happens by the property that changes. */
  private onChange(revision: Output<string>) {
    const { name, onChange = "restart", stopTimeout: timeout = 10 } = this.service;
    const folders = ["configs", "secrets"].map((kind) => `${platformFolder(this.host.owner)}/${kind}/${name}`);
    return onChange === "restart"
      ? { restart: { revision, folders, timeout } }
      : { reload: { revision, folders, command: [...onChange.reload] } };
  }
}

interface Mounted {
  files: Resource[];
  mounts: { type: string; source: string; target: string; readOnly?: boolean }[];
}

const NOTHING: Mounted = { files: [], mounts: [] };

const hostMounts = ({ hostMounts: mounts = [] }: Service): Mounted["mounts"] =>
  mounts.map(({ source, target }) => ({ type: "bind", source, target, readOnly: true }));

/** Names what was written into a service's files, and when: a repaired file is new to a program that read another one. */
const revisionOf = (files: Resource[]): Output<string> =>
  all(files.flatMap((file) => (file instanceof RemoteFile ? [file.writtenAt] : []))).apply((moments) =>
    moments.join(" "),
  );

/** The image's own check of a file, in a container without network that sees the candidate at its final path. */
const validation = (file: ConfigFile, argv: readonly string[], image: Output<string>): Output<string[]> =>
  image.apply((name) => [
    ...["docker", "run", "--rm", "--network", "none", "--volume", `{}:${file.path}:ro`, name],
    ...argv,
  ]);

/**
 * The deepest folder that holds all files; it is mounted as a whole.
 * @throws when that would hide one of the image's own top folders, such as /etc
 */
function commonFolder(files: readonly string[]): string {
  const folders = files.map((file) => path.posix.dirname(file).split("/"));
  const [first = []] = folders;
  const depth = first.findIndex((part, index) => folders.some((folder) => folder[index] !== part));
  const common = (depth === -1 ? first : first.slice(0, depth)).join("/");
  if (common.split("/").length > 2) return common;
  throw new Error(
    `expected configuration files in a folder of their own such as /etc/program, found ${files.join(", ")}`,
  );
}

function healthcheck({ health }: Service): docker.types.input.ContainerHealthcheck {
  return {
    tests: ["CMD", ...health.test],
    interval: duration(health.interval ?? 30),
    timeout: duration(health.timeout ?? 5),
    startPeriod: duration(health.startPeriod ?? 60),
    startInterval: duration(2),
    retries: health.retries ?? 3,
  };
}

/** A number of CPUs as the provider reads it back: `1.0`, `0.25`. */
const decimal = (cpus: number): string => (Number.isInteger(cpus) ? cpus.toFixed(1) : String(cpus));

/** Seconds as Docker prints a duration, so that what is read back equals what was written. */
function duration(seconds: number): string {
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  return minutes === 0 ? `${rest}s` : `${minutes}m${rest}s`;
}
