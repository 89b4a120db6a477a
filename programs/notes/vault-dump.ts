import { Database, type DatabaseSettings } from "./couchdb.ts";
import { refuseForeignFormat } from "./format.ts";
import { type RemoteSettings, Repository } from "./git.ts";
import { PATIENCE, type Patience, patiently, Transient } from "./patience.ts";
import { Failure, type Say } from "./program.ts";
import { snapshotOf } from "./snapshot.ts";
import { Tree } from "./tree.ts";
import { type TreeOutcome, writeTree } from "./write-tree.ts";

/** Settings of the dump. */
export interface DumpSettings {
  couchdb: DatabaseSettings;
  /** Folder of the vault's files, and of their history. */
  tree: string;
  /** Default: the history stays in the folder. */
  remote?: RemoteSettings;
  /** Default: {@link PATIENCE}. */
  patience?: Patience;
}

/** The number in front says how many changes the database has seen; the rest is long, and different for each node. */
const message = (sequence: string): string => `Dump the vault\n\nUpdate-Seq: ${sequence.split("-")[0]}`;

const text = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** A remote that is away or busy comes back; one that moved on is fetched again. */
const transient = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw new Transient(text(error));
  }
};

/**
 * Commits what the tree holds and pushes it. What cannot be pushed is committed all the same, and goes with the next push.
 * @returns whether there is a new commit
 */
async function publish(repository: Repository, words: string, patience: Patience): Promise<boolean> {
  let fresh = false;
  const commit = async (): Promise<void> => {
    fresh = (await repository.commit(words)) || fresh;
  };
  const synchronise = async (): Promise<void> => {
    await repository.fetch();
    await commit();
    if (await repository.isAhead()) await repository.push();
  };
  try {
    await patiently(patience, () => transient(synchronise));
  } catch (error) {
    await commit();
    throw error;
  }
  return fresh;
}

function report({ notes, written, removed }: TreeOutcome, fresh: boolean, say: Say): void {
  const said = `${notes} notes, ${written.length} files written, ${removed.length} removed`;
  say(`vault dump: ${said}; ${fresh ? "committed" : "nothing new to commit"}`);
}

/** Makes a folder's files those of the vault, and commits and pushes them. @throws Failure when something could not be done; the rest is */
export async function dumpVault(settings: DumpSettings, say: Say): Promise<void> {
  const { couchdb, tree, remote, patience = PATIENCE } = settings;
  const database = new Database(couchdb, patience);
  await refuseForeignFormat(database);
  const snapshot = await snapshotOf(database);
  const repository = await Repository.at(tree, remote);
  const outcome = await writeTree(database, snapshot, new Tree(tree));
  // A vault that no device has filled yet has no history either.
  if (snapshot.notes.length === 0) return report(outcome, false, say);
  const problems = [...outcome.problems];
  const fresh = await publish(repository, message(snapshot.sequence), patience).catch((error: unknown) => {
    problems.push(`the history is committed here and not pushed: ${text(error)}`);
    return true;
  });
  report(outcome, fresh, say);
  if (problems.length > 0) throw new Failure(`vault dump: ${problems.join("; ")}`);
}
