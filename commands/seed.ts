import { loadSeed, SeedBucket, type SeedManifest, seedAge, Transport } from "@vpai/providers";
import { SEED_KEYS, seedSource } from "../capabilities/seeds/source";
import { UserError } from "../model/finding";
import { declaredStack } from "./audit/stack";
import { chosenStack, main } from "./stack/pulumi";
import { bucketValuesOf } from "./buckets/settings";
import { isSeeded } from "./seed/databases";
import { type Source, sourcesOf } from "./seed/sources";
import { table } from "./terminal/table";

/**
 * `make seed STACK=preprod`: says which seed there is and how old, and loads it into databases that are empty. One that holds anything is
 * left, which ends with 1.
 */
main(async () => {
  const stack = chosenStack();
  const bucket = await seedBucketOf(stack);
  const newest = await bucket.newest();
  if (newest === undefined)
    throw new UserError(`expected a seed for ${stack}, found none yet: make seed-export STACK=prod`);
  console.log(
    `The newest seed is ${newest.seed}, of ${newest.from.stack}; its data are ${seedAge(newest, new Date())} old.`,
  );
  const rows = await Promise.all(sourcesOf(await declaredStack(stack)).map((source) => rowsOf(source, newest, bucket)));
  console.log(table(["host", "database", "what became of it"], rows.flat()));
  return rows.flat().some(([, , outcome]) => outcome === OUTCOMES.kept) ? 1 : 0;
});

const OUTCOMES = {
  loaded: "was empty; the seed is loaded",
  kept: "holds something; nothing was changed",
  without: "is empty; the seed has nothing of it",
};

/** @throws UserError where the stack has none */
async function seedBucketOf(stack: string): Promise<SeedBucket> {
  const { settings, expected } = await bucketValuesOf(stack);
  const place = seedSource({ settings: { ...settings } });
  if (place === undefined)
    throw new UserError(`expected a bucket with a seed for ${stack}, found none: set vpai:seedBucket (docs/seeds.md)`);
  const [accessKey, secretKey] = [expected(SEED_KEYS.access.name), expected(SEED_KEYS.secret.name)];
  return SeedBucket.of({ ...place, accessKey, secretKey });
}

async function rowsOf(source: Source, newest: SeedManifest, bucket: SeedBucket): Promise<string[][]> {
  const { host, connection, container, server, databases } = source;
  const transport = new Transport(connection);
  try {
    const rows: string[][] = [];
    for (const { name: database, role } of databases.filter(isSeeded)) {
      const target = { container, superuser: server.superuser, database, role };
      const { outcome } = await loadSeed(transport, target, bucket, newest);
      rows.push([host, database, OUTCOMES[outcome]]);
    }
    return rows;
  } finally {
    transport.close();
  }
}
