import type { Kind } from "../implementation";
import { resourceOf } from "../resource";
import { SeedBucket, type SeedSource } from "../seeds/bucket";
import { loadSeed, type SeedTarget } from "../seeds/load";
import { seedAge } from "../seeds/manifest";
import type { Connection } from "../ssh/connection";
import { transportTo } from "../ssh/transport";
import { warn } from "../warn";

/** The first data of a database, which come from a seed. */
interface SeededDatabaseInputs extends SeedTarget {
  connection: Connection;
  source: SeedSource;
}

interface SeededDatabaseState extends SeededDatabaseInputs {
  /** Name of the seed that was loaded; empty: none was, as the database held something or no seed had it. */
  seed: string;
}

const seededDatabaseKind: Kind<SeededDatabaseInputs, SeededDatabaseState> = {
  version: 1,
  identity: ["container", "database"],
  // What the seed is read with is needed once alone.
  transient: ["source"],
  id: ({ container, database }) => `${container}:${database}:seed`,
  title: ({ database, container, connection }) =>
    `seed of the database ${database} in ${container} on ${connection.host}`,
  async ensure(inputs, before) {
    if (before !== undefined) return { ...inputs, seed: before.seed };
    const { connection, database, source } = inputs;
    const seeding = await loadSeed(transportTo(connection), inputs, await SeedBucket.of(source));
    if (seeding.outcome === "loaded") {
      const { manifest } = seeding;
      warn(`${database} begins with the seed ${manifest.seed}, whose data are ${seedAge(manifest, new Date())} old`);
      return { ...inputs, seed: manifest.seed };
    }
    warn(
      seeding.outcome === "kept"
        ? `${database} holds something already, and no seed was loaded into it`
        : `${database} begins empty: ${source.bucket} at ${source.endpoint} has no seed of it`,
    );
    return { ...inputs, seed: "" };
  },
  observe: (state) => Promise.resolve(state),
  /** What was loaded is the database's from then on. */
  async remove() {},
};

/** That a database began with a seed: loaded once, into an empty one. */
export class SeededDatabase extends resourceOf(seededDatabaseKind, {
  type: "vpai/postgresql:Seed",
  name: "seededDatabase",
  outputs: { seed: "plain" },
}) {}
