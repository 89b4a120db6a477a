import { type RawConfig, readSettings, titleOf } from "../../config";
import { problemsOf } from "../../model/finding";
import { platformNames } from "../../platforms";
import { type OffsiteSettings, offsiteSettings } from "../../programs/offsite";
import { readStackFile } from "../secrets/stack-file";

/** What a stack's file says of the copies elsewhere. */
export interface Elsewhere {
  settings: OffsiteSettings;
  /** Bucket of the repository. */
  bucket: string;
  /** A secret that the file has; undefined: it has none. */
  given: (name: string) => string | undefined;
  /** A secret that it must have. @throws where it has none */
  expected: (name: string) => string;
}

/** @throws where the stack has no copies elsewhere */
export async function elsewhereOf(stack: string): Promise<Elsewhere> {
  const raw = await readStackFile(stack);
  const { config, problems } = readSettings(raw, platformNames);
  if (!config || problems.length > 0) throw problemsOf(titleOf(raw), problems);
  const settings = offsiteSettings(config);
  if (settings.backupsBucket === undefined)
    throw new Error(
      `expected copies of ${stack}'s backups elsewhere, found none: set vpai:backupsBucket (docs/backups.md)`,
    );
  const given = (name: string): string | undefined => valueIn(raw, name);
  return { settings, bucket: settings.backupsBucket, given, expected: (name) => expectedIn(given, name) };
}

const valueIn = ({ values }: RawConfig, name: string): string | undefined => values[`secrets:${name}`];

function expectedIn(given: (name: string) => string | undefined, name: string): string {
  const value = given(name);
  if (value === undefined) throw new Error(`expected a value of the secret ${name}, found none: make secrets`);
  return value;
}
