import { readFile } from "node:fs/promises";

/**
 * The public part of a private key that is protected by a passphrase, in SSH's wire format: OpenSSH's own format has it in
 * clear; for older ones it is in the file beside the key. Undefined where neither has it.
 */
export async function publicPart(file: string, content: Buffer): Promise<Buffer | undefined> {
  return inOpenSshFormat(content.toString("latin1")) ?? (await besideKey(`${file}.pub`));
}

const MAGIC = "openssh-key-v1\0";

/** The format: magic; cipher, KDF and its options, each with its length before it; number of keys; the public key. */
function inOpenSshFormat(text: string): Buffer | undefined {
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([^-]*)-----END/.exec(text)?.[1];
  const bytes = Buffer.from(body ?? "", "base64");
  if (!bytes.toString("latin1").startsWith(MAGIC)) return undefined;
  let offset = MAGIC.length;
  const field = (): Buffer => {
    const start = offset + 4;
    offset = start + bytes.readUInt32BE(start - 4);
    return bytes.subarray(start, offset);
  };
  for (let skipped = 0; skipped < 3; skipped += 1) field();
  offset += 4;
  return field();
}

async function besideKey(file: string): Promise<Buffer | undefined> {
  const { utils } = (await import("ssh2")).default;
  const key = await readFile(file).then(
    (content) => utils.parseKey(content),
    () => undefined,
  );
  return key === undefined || key instanceof Error ? undefined : key.getPublicSSH();
}
