import os from "node:os";
import path from "node:path";
import { projectRoot, pulumiEnvironment } from "../../toolchain/environment";
import { currentLogin } from "../../toolchain/login";
import { BucketStore } from "./bucket";
import { bucketSettings } from "./bucket-settings";
import { FolderStore } from "./folder";
import { keysOf, type StateKeys, type StateStore } from "./store";

/** A stack's files in its backend. */
export interface StackState {
  readonly stack: string;
  readonly store: StateStore;
  readonly keys: StateKeys;
}

/** The backend's files for a stack; in place of a backend that is neither folder nor bucket, why there are none. */
type Backend = StackState | { readonly none: string };

/** The files of a stack in the backend that the engine uses; a compressed state under the name that it has then. */
export async function stateOf(stack: string): Promise<Backend> {
  const backend = backendOf(stack);
  if ("none" in backend) return backend;
  const { store, keys } = backend;
  if ((await store.read(keys.state)) !== undefined) return backend;
  if ((await store.read(`${keys.state}.zst`)) !== undefined) return { none: "a state that is compressed as zstd" };
  const packed = { ...keys, state: `${keys.state}.gz`, previous: `${keys.state}.gz.bak` };
  return (await store.read(packed.state)) === undefined ? backend : { ...backend, keys: packed };
}

function backendOf(stack: string): Backend {
  const url = backendUrl(pulumiEnvironment(stack));
  if (url.startsWith("file://")) return { stack, store: new FolderStore(folderOf(url)), keys: keysOf(stack) };
  if (!url.startsWith("s3://")) return { none: `a backend of the kind ${kindOf(url)}` };
  try {
    return { stack, store: new BucketStore(bucketSettings(url)), keys: keysOf(stack) };
  } catch (error) {
    return { none: `this bucket, as ${(error as Error).message}` };
  }
}

/** What the variable says, else where the engine is logged in. */
function backendUrl(env: NodeJS.ProcessEnv): string {
  if (env["PULUMI_BACKEND_URL"]) return env["PULUMI_BACKEND_URL"];
  const home = env["PULUMI_HOME"] || path.join(env["HOME"] || os.homedir(), ".pulumi");
  const file = env["PULUMI_CREDENTIALS_PATH"] || home;
  return currentLogin(path.join(file, "credentials.json")) ?? "https://api.pulumi.com";
}

/** As the engine reads it: `~` is the home directory, and what is relative is so to the directory that it runs in. */
function folderOf(url: string): string {
  const written = url.slice("file://".length).split("?")[0] ?? "";
  const folder = written.startsWith("~") ? path.join(os.homedir(), written.slice(1)) : written;
  return path.resolve(projectRoot, decodeURIComponent(folder));
}

/** The scheme alone: the rest may hold a password. */
const kindOf = (url: string): string => `${/^[a-z0-9+.-]+:/i.exec(url)?.[0] ?? "unknown"}//`;
