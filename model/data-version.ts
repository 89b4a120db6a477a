import type { BackupMethod } from "./backup";
import { UserError } from "./finding";

/** Data that one major version of a program alone can read, and how they pass to a higher one (docs/releases.md#major-versions). */
export interface DataVersions {
  /** The program in the field's words: `PostgreSQL`. */
  program: string;
  /** The major version that an image holds, by its reference; undefined where that does not say. */
  of: (image: string) => number | undefined;
  /** A program of bash that tells what a data folder holds: `<major version><tab><path><tab><bytes>`; nothing where it is empty. */
  find: string;
  /** Where an image of that version has its data, below the data folder. */
  place: (major: number) => string;
  /** How data pass on: a program of bash with the verbs of docs/releases.md#methods-of-migration. */
  method: BackupMethod;
  /** Never empty ones. Default: none. */
  arguments?: readonly string[];
}

/** The major version of an image. @throws UserError where its reference does not say */
export function majorOf(service: string, image: string, { program, of }: DataVersions): number {
  const major = of(image);
  if (major === undefined)
    throw new UserError(
      `${service}: expected an image whose tag begins with the major version of ${program}, which says what data it can read, found ${image}`,
    );
  return major;
}
