import type { Output } from "@pulumi/pulumi";
import type { Backup } from "./backup";
import type { ServiceContext } from "./context";
import type { SecretDeclaration } from "./secret";

/** A configuration file that the host keeps and the program reads. */
export interface ConfigFile {
  /** Absolute path as the program sees it. */
  path: string;
  /** Its whole text. */
  content: string | Output<string>;
  /** The image's own check of this file, run before it takes effect: arguments after the image, `{}` is the path. */
  validate?: readonly string[];
  /** Program in the image that `validate` is for. Default: the image's own entrypoint. */
  validator?: string;
  /**
   * Whether a change of it takes effect while the program runs, since that watches it, or something that is made in the service
   * tells it. Default: the program is restarted or reloaded for it, as `onChange` says.
   */
  live?: boolean;
}

/** A secret that reaches the program as a file of its own. */
export interface SecretFile {
  /** Whose value it holds. */
  secret: SecretDeclaration;
  /** Environment variable that names the file. Default: none, the program is told otherwise. */
  variable?: string;
  /**
   * Environment variable that holds what the file holds, for a program that reads no file: set by a shell inside the
   * container, so that neither `docker inspect` nor the state shows it. The service then needs `entrypoint`, its image
   * a `/bin/sh`, and trailing line breaks are lost.
   */
  exported?: string;
  /**
   * Command in the image that accepts a new value before it takes effect, for a program that has kept an older one: it sees the
   * value in its file, and the program's data. What it writes to stderr tells a person why not, and what to do.
   */
  validate?: readonly string[];
  /** What the file holds, from the secret's value. Default: the value, byte for byte. */
  render?: (value: string, context: ServiceContext) => string;
  /**
   * How the program takes the value of before, too, while the secret is being rotated: by a further file of that name, with what
   * this one had, or by the text of this one. Default: it takes one value at a time.
   */
  both?: { file: string } | { render: (value: string, before: string, context: ServiceContext) => string };
  /**
   * Whether another value takes effect while the program runs, as the file is read at its very first start alone and something that is
   * made in the service tells it later ones. Default: the program is restarted or reloaded for it, as `onChange` says.
   */
  live?: boolean;
}

/** A folder whose content outlives the program. */
export interface DataDirectory {
  /** Absolute path as the program sees it. */
  path: string;
  /** Folder under the host's `data`. Default: the service's name. */
  directory?: string;
  /** Permissions of the folder. Default: `0700`. */
  mode?: string;
  /** How its content is kept safe, or why it needs no backup. */
  backup: Backup;
  /** Setting by which a stack takes it out of its backups: with `none` there, `backup` does not hold. Default: it always does. */
  keptBy?: string;
}

/**
 * Where the host keeps a data folder.
 * @param whose name and home of the service or job
 * @param folder of the platform there
 */
export const dataFolderOf = (
  { name, home }: { name: string; home?: string },
  { directory = name }: Pick<DataDirectory, "directory">,
  folder: string,
): string => (home === undefined ? `${folder}/data/${directory}` : `${home}/data`);

/** The folder in a container where its secrets lie. */
export const SECRETS_FOLDER = "/run/secrets";
