import { SeedBucket, type SeedManifest, seedAge, seedName, Transport } from "@vpai/providers";
import { SHARING } from "../programs/offsite/keys";
import { declaredStack } from "./audit/stack";
import { BackupProgram } from "./backups/host";
import { setAt } from "./backups/manifest";
import { main, chosenStack } from "./stack/pulumi";
import { bucketValuesOf } from "./buckets/settings";
import { exportSeed } from "./seed/export";
import { seedRows } from "./seed/rows";
import { chosenSource, type Source } from "./seed/sources";
import { table } from "./terminal/table";

/**
 * `make seed-export [HOST=…] [AT=…]`: makes a sanitised seed of the newest set of backups, in a server of its own on the host, and puts it
 * into the bucket that is read elsewhere. The set and the servers in use are only read.
 */
main(async () => {
  const stack = chosenStack();
  const bucket = await sharedBucket(stack);
  const source = chosenSource(await declaredStack(stack), process.env["HOST"] ?? "");
  const { manifest, rows } = await exported(stack, source, bucket);
  console.log(table(["database", "table", "rows"], rows));
  console.log(`The seed ${manifest.seed} is complete; its data are ${seedAge(manifest, new Date())} old.`);
  return 0;
});

/** @throws where the stack has none */
async function sharedBucket(stack: string): Promise<SeedBucket> {
  const { settings, expected } = await bucketValuesOf(stack);
  const { sharedBucket: bucket, bucketsEndpoint: endpoint, bucketsRegion: region } = settings;
  if (bucket === undefined)
    throw new Error(`expected a bucket for ${stack}'s seeds, found none: set vpai:sharedBucket (docs/seeds.md)`);
  const [accessKey, secretKey] = [expected(SHARING.access.name), expected(SHARING.secret.name)];
  return SeedBucket.of({ endpoint, region, bucket, accessKey, secretKey });
}

async function exported(
  stack: string,
  { host, connection, unit, server, container, databases }: Source,
  bucket: SeedBucket,
): Promise<{ manifest: SeedManifest; rows: string[][] }> {
  const transport = new Transport(connection);
  try {
    const program = await BackupProgram.of(transport, unit);
    const { set, started, parts } = setAt(await program.manifests(), process.env["AT"] ?? "");
    await transport.output(program.command("check", set));
    const there = parts
      .filter(({ name }) => name === server.service)
      .flatMap(({ files }) => files.map(({ path }) => path));
    const { wanted, rows: left } = seedRows(databases, there);
    const folder = `${program.folder}/backups/${set}/${server.service}`;
    const made = await exportSeed({ connection, folder, container, server, databases: wanted });
    try {
      const from = { stack, host, set };
      const { databases: included } = made;
      const manifest = { format: 1 as const, seed: seedName(new Date()), from, moment: started, databases: included };
      await bucket.upload(manifest, made.files);
      const rows = included.flatMap(({ name, rows: counts }) =>
        Object.entries(counts).map(([of, count]) => [name, of, String(count)]),
      );
      return { manifest, rows: [...rows.filter(([, , count]) => count !== "0"), ...left] };
    } finally {
      made.forget();
    }
  } finally {
    transport.close();
  }
}
