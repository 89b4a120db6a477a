/** A database in a seed. */
export interface SeedDatabase {
  name: string;
  /** Of its dump. */
  bytes: number;
  sha256: string;
  /** By table; of another schema than `public`, with that in front. */
  rows: Readonly<Record<string, number>>;
}

/** What a seed is. It is written last: one without is not there. */
export interface SeedManifest {
  format: 1;
  /** Its name: the moment of its export, `20261129T035012Z`. */
  seed: string;
  /** Stack, host and set of backups that it was made of. */
  from: { stack: string; host: string; set: string };
  /** ISO 8601: of what moment its data are. */
  moment: string;
  databases: readonly SeedDatabase[];
}

/** Folder of all seeds in their bucket. */
export const SEEDS = "seeds/";

export const manifestKey = (seed: string): string => `${SEEDS}${seed}/manifest.json`;

export const dumpKey = (seed: string, database: string): string => `${SEEDS}${seed}/${database}.dump`;

/** Name of a seed that is exported now. */
export const seedName = (now: Date): string => now.toISOString().replaceAll(/[-:]|\.\d+/g, "");

/** @throws where a text is none; it is not quoted */
export function manifestIn(text: string): SeedManifest {
  const found = parsed(text);
  if (found?.format !== 1 || !Array.isArray(found.databases))
    throw new Error("expected the manifest of a seed in format 1, found another text");
  return found as SeedManifest;
}

function parsed(text: string): Partial<SeedManifest> | undefined {
  try {
    return JSON.parse(text) as Partial<SeedManifest>;
  } catch {
    return undefined;
  }
}

const UNITS = [
  ["days", 86_400],
  ["hours", 3_600],
  ["minutes", 60],
] as const;

/** How old a seed's data are, in words: `3 days`. */
export function seedAge({ moment }: Pick<SeedManifest, "moment">, now: Date): string {
  const seconds = Math.max(0, (now.getTime() - Date.parse(moment)) / 1000);
  const [unit, size] = UNITS.find(([, least]) => seconds >= 2 * least) ?? ["minutes", 60];
  return `${Math.floor(seconds / size)} ${unit}`;
}
