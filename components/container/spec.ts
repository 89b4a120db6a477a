import path from "node:path";
import type { Output } from "@pulumi/pulumi";
import type { HealthCheck } from "../../model/checks";
import type { ServiceContext } from "../../model/context";
import { SECRETS_FOLDER } from "../../model/files";
import type { SecretDeclaration } from "../../model/secret";
import type { ContainerService, Limits } from "../../model/service";
import type { PublishedPort } from "../../model/site";
import { type Owner, ownershipLabels } from "../docker/ownership";
import { type Start, startOf } from "./start";
import { UserError } from "../../model/finding";

/** A configuration file on its host. */
export interface FileSpec {
  /** Its path below the folder that is mounted. */
  name: string;
  /** Absolute path on the host. */
  path: string;
  /** Absolute path in the container. */
  target: string;
  content: string | Output<string>;
  /** Arguments of the image that accept a candidate; `{}` is its path. */
  validate?: readonly string[];
  /** Program in the image that takes these arguments. Default: the image's own. */
  validator?: string;
}

/** A secret's file on its host. */
export interface SecretSpec {
  name: string;
  /** Absolute path on the host. */
  path: string;
  declaration: SecretDeclaration;
  render: (value: string) => string;
  /** Command in the image that accepts a candidate. */
  validate?: readonly string[];
}

/** A folder on the host whose content outlives the container. */
export interface DataSpec {
  /** Its name below the host's `data`. */
  name: string;
  /** Absolute path on the host. */
  path: string;
  mode: string;
}

/** What a container sees of its host. */
export interface MountSpec {
  kind: "config" | "secret" | "data" | "host";
  /** Absolute path on the host. */
  source: string;
  /** Absolute path in the container. */
  target: string;
  readOnly: boolean;
}

/** A container with all that belongs to it, apart from the engine that runs it. */
export interface ContainerSpec extends Start {
  name: string;
  /** Its name on its networks. */
  hostname: string;
  /** Image reference. */
  image: string;
  /** `uid:gid`. */
  user: string;
  /** `NAME=value`, sorted. */
  environment: readonly string[];
  labels: Readonly<Record<string, string>>;
  networks: readonly string[];
  ports: readonly PublishedPort[];
  files: readonly FileSpec[];
  secrets: readonly SecretSpec[];
  data: readonly DataSpec[];
  mounts: readonly MountSpec[];
  /** Writable folders without persistence. */
  scratch: readonly string[];
  limits: Limits;
  /** Kept Linux capabilities, without `CAP_`. */
  capabilities: readonly string[];
  health: Required<HealthCheck>;
  /** Seconds that the program gets to stop. */
  stopTimeout: number;
}

/** Where a container is to run. */
export interface SpecPlace {
  owner: Owner;
  /** Folder of the platform on the host. */
  folder: string;
  /** First part of the names of containers. */
  prefix: string;
  context: ServiceContext;
  /** Whether the stack has a value for a secret. */
  exists: (secret: SecretDeclaration) => boolean;
}

/** What a service is as a container: pure, and the same for every engine. */
export function containerSpec(service: ContainerService, place: SpecPlace): ContainerSpec {
  const { name, run, user, limits, stopTimeout = 10 } = service;
  const files = filesOf(service, place);
  const secrets = secretsOf(service, place);
  const data = dataOf(service, place);
  return {
    name: `${place.prefix}${name}`,
    hostname: name,
    image: run.image,
    user: `${user.uid}:${user.gid}`,
    ...startOf(service, place.exists),
    environment: environmentOf(service, place),
    labels: { ...ownershipLabels(place.owner), "dev.vpai.service": name },
    networks: run.networks,
    ports: run.publish ?? [],
    files: files.specs,
    secrets: secrets.specs,
    data: data.specs,
    mounts: [...files.mounts, ...secrets.mounts, ...data.mounts, ...hostMountsOf(service, place)],
    scratch: run.scratch ?? [],
    limits,
    capabilities: run.capabilities ?? [],
    health: { interval: 30, timeout: 5, startPeriod: 60, retries: 3, ...service.health },
    stopTimeout,
  };
}

/**
 * Where the host keeps what the container sees at a path.
 * @throws for a path outside its data folders: the platform writes everything else itself
 */
export function onHost({ name, mounts }: Pick<ContainerSpec, "name" | "mounts">, target: string): string {
  const data = mounts.filter(({ kind }) => kind === "data");
  const mount = data.find((folder) => path.posix.normalize(target).startsWith(`${folder.target}/`));
  if (mount === undefined)
    throw new Error(
      `${name}: expected a path below one of its data folders (${data.map((folder) => folder.target).join(", ") || "none"}), ` +
        `found ${target}`,
    );
  return path.posix.join(mount.source, path.posix.relative(mount.target, target));
}

/** Specifications of one kind, and the mounts through which the container sees them. */
interface Part<Spec> {
  specs: Spec[];
  mounts: MountSpec[];
}

/** Where the host keeps a service's files. @param folder of the platform there */
export const configsOf = ({ name, home }: Pick<ContainerService, "name" | "home">, folder: string): string =>
  home === undefined ? `${folder}/configs/${name}` : `${home}/config`;

function filesOf(service: ContainerService, { folder, context }: SpecPlace): Part<FileSpec> {
  const files = service.files?.(context) ?? [];
  if (files.length === 0) return { specs: [], mounts: [] };
  const target = commonFolder(files.map((file) => file.path));
  const source = configsOf(service, folder);
  return {
    mounts: [{ kind: "config", source, target, readOnly: true }],
    specs: files.map(({ path: inContainer, ...file }) => {
      const name = path.posix.relative(target, inContainer);
      return { ...file, name, path: path.posix.join(source, name), target: inContainer };
    }),
  };
}

/** Each secret is a file of its own that only the program's user can read. */
function secretsOf({ name: service, secrets = {} }: ContainerService, place: SpecPlace): Part<SecretSpec> {
  const source = `${place.folder}/secrets/${service}`;
  const specs = Object.entries(secrets).flatMap(([name, { secret, render = (value: string) => value, validate }]) =>
    place.exists(secret)
      ? [
          {
            name,
            path: `${source}/${name}`,
            declaration: secret,
            render: (value: string) => render(value, place.context),
            ...(validate === undefined ? {} : { validate }),
          },
        ]
      : [],
  );
  return specs.length === 0
    ? { specs, mounts: [] }
    : { specs, mounts: [{ kind: "secret", source, target: SECRETS_FOLDER, readOnly: true }] };
}

function dataOf({ name: service, home, data = [] }: ContainerService, { folder }: SpecPlace): Part<DataSpec> {
  const parts = data.map(({ path: target, directory: name = service, mode = "0700" }) => ({
    spec: { name, path: home === undefined ? `${folder}/data/${name}` : `${home}/data`, mode },
    target,
  }));
  return {
    specs: parts.map(({ spec }) => spec),
    mounts: parts.map(({ spec, target }) => ({ kind: "data", source: spec.path, target, readOnly: false })),
  };
}

const hostMountsOf = ({ run: { hostMounts = [] } }: ContainerService, { folder }: SpecPlace): MountSpec[] =>
  hostMounts.map(({ source, target }) => ({
    kind: "host",
    source: path.posix.resolve(folder, "data", source),
    target,
    readOnly: true,
  }));

function environmentOf({ environment, secrets = {} }: ContainerService, { context, exists }: SpecPlace): string[] {
  const fromSecrets = Object.entries(secrets).flatMap(([name, { secret, variable }]) =>
    variable === undefined || !exists(secret) ? [] : [[variable, `${SECRETS_FOLDER}/${name}`] as const],
  );
  return [...Object.entries(environment?.(context) ?? {}), ...fromSecrets]
    .map(([name, value]) => `${name}=${value}`)
    .sort();
}

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
  throw new UserError(
    `expected configuration files in a folder of their own such as /etc/program, found ${files.join(", ")}`,
  );
}
