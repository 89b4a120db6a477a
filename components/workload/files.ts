import { createHash } from "node:crypto";
import { all, type Input, type Output, type Resource } from "@pulumi/pulumi";
import { RemoteDirectory, RemoteFile } from "@vpai/providers";
import type { HostContext } from "../host-context";
import type { DataSpec, FileSpec, SecretSpec, WorkloadSpec } from "./spec";

/** Whose files are put on a host. */
export interface FileOwner {
  /** First part of the resources' names: `<host>/<service>`. */
  resource: string;
  host: HostContext;
  /** `uid:gid` of the program. */
  user: string;
  parent: Resource;
}

/** A command that accepts a candidate, and what must be there before it can run. */
export interface Check {
  argv: Input<string[]>;
  after: readonly Resource[];
}

/** A program's files on its host, secrets among them. */
export interface WrittenFiles {
  /** Those whose changes it takes on while it runs. */
  live: readonly RemoteFile[];
  /** Those that it is restarted or reloaded for. */
  read: readonly RemoteFile[];
}

/** Puts a program's files on its host. @param write makes the resource of a configuration file, and of a secret's */
export function writeFiles(
  { files, secrets }: WorkloadSpec,
  write: { config: (file: FileSpec) => RemoteFile; secret: (secret: SecretSpec) => RemoteFile },
): WrittenFiles {
  const written = (isLive: boolean): RemoteFile[] => [
    ...files.filter(({ live = false }) => live === isLive).map((file) => write.config(file)),
    ...secrets.filter(({ live = false }) => live === isLive).map((secret) => write.secret(secret)),
  ];
  return { live: written(true), read: written(false) };
}

/** A configuration file, which everybody on the host may read. */
export const configFile = ({ resource, host, parent }: FileOwner, file: FileSpec, check?: Check): RemoteFile =>
  new RemoteFile(
    `${resource}/config/${file.name}`,
    {
      connection: host.connection,
      path: file.path,
      content: file.content,
      mode: "0644",
      ...(check === undefined ? {} : { validate: check.argv }),
    },
    { parent, dependsOn: [...(check?.after ?? [])], hooks: host.beforeChange },
  );

/** A secret's file, which the program alone can read. */
export const secretFile = (
  { resource, host, user, parent }: FileOwner,
  secret: SecretSpec,
  check?: Check,
): RemoteFile =>
  new RemoteFile(
    `${resource}/secret/${secret.name}`,
    {
      connection: host.connection,
      path: secret.path,
      content: contentOf(secret, host),
      owner: user,
      mode: "0400",
      ...boundBy(secret, check),
      ...(check === undefined ? {} : { validate: check.argv }),
    },
    { parent, dependsOn: [...(check?.after ?? [])], hooks: host.beforeChange },
  );

/** What says no to another value, once there was one: the file itself, unless the program's own check does. */
function boundBy({ declaration: { name, fixed } }: SecretSpec, check: Check | undefined): { bound?: string } {
  if (fixed === undefined || check !== undefined) return {};
  return { bound: `secrets:${name} cannot be changed: ${fixed.because}` };
}

/** A folder for what outlives the program. */
export const dataFolder = (
  { resource, host, user, parent }: FileOwner,
  { name, path, mode }: DataSpec,
): RemoteDirectory =>
  new RemoteDirectory(
    `${resource}/data/${name}`,
    { connection: host.connection, path, owner: user, mode },
    { parent, protect: host.machine.protects, hooks: host.beforeChange },
  );

/** What each file has to hold that the program is restarted or reloaded for, secrets among them. */
export const given = ({ files, secrets }: WorkloadSpec, host: HostContext): Output<string> =>
  givenOf([
    ...files.filter(({ live = false }) => !live).map(({ path, content }) => ({ path, content })),
    ...secrets
      .filter(({ live = false }) => !live)
      .map((secret) => ({ path: secret.path, content: contentOf(secret, host) })),
  ]);

/** Names what was written into files, and when: a repaired file is new to a program that read another one. */
export const revisionOf = (files: readonly RemoteFile[]): Output<string> =>
  all(files.map(({ writtenAt }) => writtenAt)).apply((moments) => moments.join(" "));

function contentOf({ declaration, render, takesBefore }: SecretSpec, { secrets }: HostContext): Output<string> {
  const value = secrets.require(declaration);
  const before = takesBefore === true ? secrets.before(declaration) : undefined;
  if (before === undefined) return value.apply((one) => render(one));
  return all([value, before]).apply(([one, other]) => render(one, other));
}

/** What each file has to hold, as `sha256sum --check` reads it: a secret where one of them is. */
const givenOf = (files: readonly { path: string; content: string | Output<string> }[]): Output<string> =>
  all(files.map((file) => file)).apply((known) =>
    known.map(({ path: file, content }) => `${sha256(content)}  ${file}\n`).join(""),
  );

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
