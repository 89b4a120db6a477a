import { createCipheriv, createHash, randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import path from "node:path";

/** What `restic cat masterkey` prints: what everything in a repository is encrypted and authenticated with, in base64. */
export interface MasterKey {
  encrypt: string;
  mac: { k: string; r: string };
}

/** What `restic cat snapshot` prints, as far as tests change it. */
export interface SnapshotFile {
  time: string;
  hostname: string;
}

/**
 * Writes a snapshot into a local repository as Restic itself does (its design document: AES-256 in counter mode, then Poly1305-AES, and
 * the file's name is its SHA-256): hundreds of them in a moment, where Restic takes a second for each.
 */
export function writeSnapshot(repository: string, key: MasterKey, snapshot: SnapshotFile): void {
  const nonce = randomBytes(16);
  const cipher = createCipheriv("aes-256-ctr", Buffer.from(key.encrypt, "base64"), nonce);
  const encrypted = Buffer.concat([cipher.update(JSON.stringify(snapshot)), cipher.final()]);
  const file = Buffer.concat([nonce, encrypted, poly1305(encrypted, nonce, key.mac)]);
  const name = createHash("sha256").update(file).digest("hex");
  writeFileSync(path.join(repository, "snapshots", name), file, { mode: 0o600 });
}

const PRIME = (1n << 130n) - 5n;
const CLAMP = 0x0ffffffc0ffffffc0ffffffc0fffffffn;

const littleEndian = (bytes: Buffer): bigint => BigInt(`0x${Buffer.from(bytes).reverse().toString("hex") || "0"}`);

function poly1305(message: Buffer, nonce: Buffer, { k, r }: MasterKey["mac"]): Buffer {
  const block = createCipheriv("aes-128-ecb", Buffer.from(k, "base64"), null).setAutoPadding(false);
  const pad = littleEndian(Buffer.concat([block.update(nonce), block.final()]));
  const factor = littleEndian(Buffer.from(r, "base64")) & CLAMP;
  let sum = 0n;
  for (let at = 0; at < message.length; at += 16) {
    const piece = message.subarray(at, at + 16);
    sum = ((sum + littleEndian(Buffer.concat([piece, Buffer.of(1)]))) * factor) % PRIME;
  }
  const tag = (sum + pad) & ((1n << 128n) - 1n);
  return Buffer.from(tag.toString(16).padStart(32, "0"), "hex").reverse();
}
