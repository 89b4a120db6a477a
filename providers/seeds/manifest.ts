import { z } from "zod";
import { parseJson } from "../../model/foreign-json";

const databaseSchema = z.object({
  name: z.string(),
  /** Of its dump. */
  bytes: z.number(),
  sha256: z.string(),
  /** By table; of another schema than `public`, with that in front. */
  rows: z.record(z.string(), z.number()),
});

/** A database in a seed. */
export type SeedDatabase = z.infer<typeof databaseSchema>;

const manifestSchema = z.object({
  format: z.literal(1),
  /** Its name: the moment of its export, `20261129T035012Z`. */
  seed: z.string(),
  /** Stack, host and set of backups that it was made of. */
  from: z.object({ stack: z.string(), host: z.string(), set: z.string() }),
  /** ISO 8601: of what moment its data are. */
  moment: z.string(),
  databases: z.array(databaseSchema),
});

/** What a seed is. It is written last: one without is not there. */
export type SeedManifest = z.infer<typeof manifestSchema>;

/** Folder of all seeds in their bucket. */
export const SEEDS = "seeds/";

/** Where a seed's manifest is in the bucket. */
export const manifestKey = (seed: string): string => `${SEEDS}${seed}/manifest.json`;

/** Where a seed has a database's dump. */
export const dumpKey = (seed: string, database: string): string => `${SEEDS}${seed}/${database}.dump`;

/** Name of a seed that is exported now. */
export const seedName = (now: Date): string => now.toISOString().replaceAll(/[-:]|\.\d+/g, "");

/** @throws where a text is none; it is not quoted */
export const manifestIn = (text: string): SeedManifest =>
  parseJson(
    manifestSchema,
    text,
    "the manifest of a seed in format 1",
    "use another seed, or export one with this version",
  );

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
