import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { projectRoot } from "../../toolchain/environment";
import { ownersPlaceOf } from "../buckets/settings";
import type { StackState } from "./backend";
import { BucketStore } from "./bucket";
import { copiesOf, type Copy, keepCopy } from "./copies";
import { inspectState, plainState } from "./inspect";
import { keysOf } from "./store";

/**
 * The copies of a stack's state in the bucket of its backups, for whoever has lost this computer (docs/decisions/state-elsewhere.md).
 * Undefined where the stack has no such bucket.
 * @throws where its file lacks the keys of whoever owns the bucket
 */
export async function copiesElsewhere(stack: string): Promise<StackState | undefined> {
  if (!namesBucket(stack)) return undefined;
  const { endpoint, region, accessKey, secretKey, bucket, folder } = await ownersPlaceOf(stack);
  const store = new BucketStore({
    ...{ bucket, endpoint, region, prefix: "", forcePathStyle: true, anonymous: false },
    ...{ useAccelerateEndpoint: false, useDualstackEndpoint: false, useFipsEndpoint: false, withoutTls: false },
    credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
  });
  const keys = keysOf(stack);
  return { stack, store, keys: { ...keys, copies: keys.copies.replace(/^[^/]+/, folder) } };
}

/** The newest copy elsewhere; undefined where there is none, or nobody can say. */
export async function newestElsewhere(stack: string): Promise<Copy | undefined> {
  try {
    const elsewhere = await copiesElsewhere(stack);
    return elsewhere && (await copiesOf(elsewhere))[0];
  } catch {
    // It only adds to what is said: who takes one is told why there is none.
    return undefined;
  }
}

/** Whether the stack's file names the bucket of the backups: most do not, and nothing is asked for that. */
function namesBucket(stack: string): boolean {
  try {
    const text = readFileSync(path.join(projectRoot, `Pulumi.${stack}.yaml`), "utf8");
    const { config = {} } = (parse(text) ?? {}) as { config?: Record<string, unknown> };
    return config["vpai:backupsBucket"] !== undefined;
  } catch {
    // What is wrong with the file, the engine says.
    return false;
  }
}

/**
 * Keeps a state elsewhere, too, encrypted as it is. A server that is away fails nothing: the next run that changes the state tries again.
 * @param find the copies elsewhere
 */
export async function keepElsewhere(
  state: StackState,
  find: (stack: string) => Promise<StackState | undefined> = copiesElsewhere,
): Promise<void> {
  try {
    const elsewhere = await find(state.stack);
    const content = elsewhere && (await state.store.read(state.keys.state));
    if (elsewhere === undefined || content === undefined) return;
    const good = inspectState(content);
    if (!("damage" in good)) await keepCopy(elsewhere, plainState(content), good);
  } catch (error) {
    console.error(`The state has no copy elsewhere of this run: ${(error as Error).message}. The next run makes one.`);
  }
}
