import path from "node:path";
import type { Output } from "@pulumi/pulumi";
import type { ServiceContext } from "../../model/context";
import { type ConfigFile, type DataDirectory, dataFolderOf, type SecretFile, SECRETS_FOLDER } from "../../model/files";
import { UserError } from "../../model/finding";
import type { HostMount } from "../../model/run";
import type { SecretDeclaration } from "../../model/secret";
import type { Owner } from "../docker/ownership";

/** A configuration file on its host. */
export interface FileSpec {
  /** Its path below the folder that is mounted. */
  name: string;
  /** Absolute path on the host. */
  path: string;
  /** Absolute path as the program sees it. */
  target: string;
  content: string | Output<string>;
  /** Arguments of the image that accept a candidate; `{}` is its path. */
  validate?: readonly string[];
  /** Program in the image that takes these arguments. Default: the image's own. */
  validator?: string;
  /** Whether the program takes on a change of it while it runs. */
  live?: boolean;
}

/** A secret's file on its host. */
export interface SecretSpec {
  name: string;
  /** Absolute path on the host. */
  path: string;
  declaration: SecretDeclaration;
  /** @param before the value of before, while the secret is being rotated and the program takes both */
  render: (value: string, before?: string) => string;
  /** Whether `render` is given the value of before. Default: it has no use for it. */
  takesBefore?: true;
  /** Command in the image that accepts a candidate. */
  validate?: readonly string[];
  /** Whether the program takes on another value while it runs. */
  live?: boolean;
}

/** A folder on the host whose content outlives the program. */
export interface DataSpec {
  /** Its name below the host's `data`. */
  name: string;
  /** Absolute path on the host. */
  path: string;
  mode: string;
}

/** What a program sees of its host at a path of its own. */
export interface MountSpec {
  kind: "config" | "secret" | "data" | "host";
  /** Absolute path on the host. */
  source: string;
  /** Absolute path as the program sees it. */
  target: string;
  readOnly: boolean;
}

/** Where a program is to run. */
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

/** What has files, secrets and folders on its host: a service, or a job of one. */
export interface Workload {
  /** Names its folders. */
  name: string;
  files?: (context: ServiceContext) => readonly ConfigFile[];
  secrets?: Readonly<Record<string, SecretFile>>;
  data?: readonly DataDirectory[];
  /** Folder on the host for its `config` and `data`. Default: its files lie in the platform's folder. */
  home?: string;
  environment?: (context: ServiceContext) => Readonly<Record<string, string>>;
  hostMounts?: readonly HostMount[];
}

/** Files, secrets and folders on the host, and where the program sees them. */
export interface WorkloadSpec {
  files: readonly FileSpec[];
  secrets: readonly SecretSpec[];
  data: readonly DataSpec[];
  mounts: readonly MountSpec[];
  /** `NAME=value`, sorted. */
  environment: readonly string[];
}

/** What belongs to a program on its host, whatever runs it. */
export function workloadSpec(workload: Workload, place: SpecPlace): WorkloadSpec {
  const files = filesOf(workload, place);
  const secrets = secretsOf(workload, place);
  const data = dataOf(workload, place);
  return {
    files: files.specs,
    secrets: secrets.specs,
    data: data.specs,
    mounts: [...files.mounts, ...secrets.mounts, ...data.mounts, ...hostMountsOf(workload, place)],
    environment: environmentOf(workload, place),
  };
}

/**
 * Where the host keeps what a program sees at a path.
 * @throws for a path outside its data folders: the platform writes everything else itself
 */
export function onHost({ name, mounts }: { name: string; mounts: readonly MountSpec[] }, target: string): string {
  const data = mounts.filter(({ kind }) => kind === "data");
  const mount = data.find((folder) => path.posix.normalize(target).startsWith(`${folder.target}/`));
  if (mount === undefined)
    throw new Error(
      `${name}: expected a path below one of its data folders (${data.map((folder) => folder.target).join(", ") || "none"}), ` +
        `found ${target}`,
    );
  return path.posix.join(mount.source, path.posix.relative(mount.target, target));
}

/** Specifications of one kind, and the mounts through which the program sees them. */
interface Part<Spec> {
  specs: Spec[];
  mounts: MountSpec[];
}

/** Where the host keeps a service's files. @param folder of the platform there */
export const configsOf = ({ name, home }: Pick<Workload, "name" | "home">, folder: string): string =>
  home === undefined ? `${folder}/configs/${name}` : `${home}/config`;

function filesOf(service: Workload, { folder, context }: SpecPlace): Part<FileSpec> {
  const files = service.files?.(context) ?? [];
  if (files.length === 0) return { specs: [], mounts: [] };
  const target = commonFolder(files.map((file) => file.path));
  const source = configsOf(service, folder);
  return {
    mounts: [{ kind: "config", source, target, readOnly: true }],
    specs: files.map(({ path: seen, ...file }) => {
      const name = path.posix.relative(target, seen);
      return { ...file, name, path: path.posix.join(source, name), target: seen };
    }),
  };
}

/** Each secret is a file of its own that only the program's user can read. */
function secretsOf({ name: service, secrets = {} }: Workload, place: SpecPlace): Part<SecretSpec> {
  const source = `${place.folder}/secrets/${service}`;
  const specs = Object.entries(secrets)
    .filter(([, { secret }]) => place.exists(secret))
    .flatMap(([name, file]) => secretSpecs(name, file, place))
    .map((spec) => ({ ...spec, path: `${source}/${spec.name}` }));
  return specs.length === 0
    ? { specs, mounts: [] }
    : { specs, mounts: [{ kind: "secret", source, target: SECRETS_FOLDER, readOnly: true }] };
}

/** A secret's file, and that of the value of before, while it is being rotated and the program takes that from one. */
function secretSpecs(name: string, file: SecretFile, { context }: SpecPlace): Omit<SecretSpec, "path">[] {
  const { secret: declaration, render = (value: string) => value, validate, both, live } = file;
  const spec = {
    name,
    declaration,
    render: (value: string) => render(value, context),
    ...(validate === undefined ? {} : { validate }),
    ...(live === undefined ? {} : { live }),
  };
  if (both === undefined || !context.rotating.has(declaration.name)) return [spec];
  if ("file" in both)
    return [
      spec,
      {
        ...spec,
        name: both.file,
        takesBefore: true as const,
        render: (value: string, before = value) => render(before, context),
      },
    ];
  return [
    { ...spec, takesBefore: true, render: (value: string, before = value) => both.render(value, before, context) },
  ];
}

function dataOf(workload: Workload, { folder }: SpecPlace): Part<DataSpec> {
  const parts = (workload.data ?? []).map(({ path: target, directory: name = workload.name, mode = "0700" }) => ({
    spec: { name, path: dataFolderOf(workload, { directory: name }, folder), mode },
    target,
  }));
  return {
    specs: parts.map(({ spec }) => spec),
    mounts: parts.map(({ spec, target }) => ({ kind: "data", source: spec.path, target, readOnly: false })),
  };
}

const hostMountsOf = ({ hostMounts = [] }: Workload, { folder }: SpecPlace): MountSpec[] =>
  hostMounts.map(({ source, target }) => ({
    kind: "host",
    source: path.posix.resolve(folder, "data", source),
    target,
    readOnly: true,
  }));

function environmentOf({ environment, secrets = {} }: Workload, { context, exists }: SpecPlace): string[] {
  const fromSecrets = Object.entries(secrets).flatMap(([name, { secret, variable }]) =>
    variable === undefined || !exists(secret) ? [] : [[variable, `${SECRETS_FOLDER}/${name}`] as const],
  );
  return [...Object.entries(environment?.(context) ?? {}), ...fromSecrets]
    .map(([name, value]) => `${name}=${value}`)
    .sort();
}

/**
 * The deepest folder that holds all files; it is mounted as a whole.
 * @throws when that would hide one of the system's own top folders, such as /etc
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
