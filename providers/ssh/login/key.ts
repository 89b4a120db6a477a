import { readFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { Login } from "../connection";
import { publicPart } from "./protected-key";

/**
 * The public key that a login is made with, as `ssh-ed25519 AAAA…`; undefined where it is one of the agent's, and nobody
 * can tell which.
 */
export async function loginKeyOf({ identityFile }: Login): Promise<string | undefined> {
  if (identityFile === undefined) return undefined;
  const file = path.resolve(identityFile.replace(/^~(?=\/)/, os.homedir()));
  const content = await readFile(file).catch(() => undefined);
  if (content === undefined) return undefined;
  const { utils } = (await import("ssh2")).default;
  const key = utils.parseKey(content);
  if (!(key instanceof Error)) return `${key.type} ${key.getPublicSSH().toString("base64")}`;
  const blob = await publicPart(file, content);
  return blob && `${typeOf(blob)} ${blob.toString("base64")}`;
}

/** A key's own bytes begin with its type, and that with its length. */
const typeOf = (blob: Buffer): string => blob.subarray(4, 4 + blob.readUInt32BE(0)).toString("latin1");
