import { createDecipheriv, pbkdf2 } from "node:crypto";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";

/** What Pulumi makes of a passphrase: `v1:<salt>:v1:<nonce>:<what it has encrypted, to know the passphrase again>`. */
const SALT = /^v1:([^:]+):v1:([^:]+):([^:]+)$/;

/** PBKDF2 with SHA-256, as Pulumi's passphrase secrets manager uses it; a key of AES-256. */
const ROUNDS = 1_000_000;
const KEY_BYTES = 32;

/** Bytes of GCM's tag, behind what is encrypted. */
const TAG_BYTES = 16;

/** The passphrase that `pulumi` would take from its environment. Undefined: it has none. */
export function passphraseIn(env: NodeJS.ProcessEnv): string | undefined {
  const { PULUMI_CONFIG_PASSPHRASE: given, PULUMI_CONFIG_PASSPHRASE_FILE: file } = env;
  if (given !== undefined && given !== "") return given;
  return file === undefined || file === "" ? given : readFileSync(file, "utf8").trim();
}

/**
 * Whether a stack is encrypted with a passphrase; true where its form is not known, as then the engine tells.
 * @param encryptionsalt of the stack's file
 */
export async function fits(passphrase: string, encryptionsalt: string): Promise<boolean> {
  const [salt, nonce, text] = (SALT.exec(encryptionsalt) ?? []).slice(1).map((part) => Buffer.from(part, "base64"));
  if (salt === undefined || nonce === undefined || text === undefined) return true;
  const key = await promisify(pbkdf2)(passphrase, salt, ROUNDS, KEY_BYTES, "sha256");
  const decipher = createDecipheriv("aes-256-gcm", key, nonce);
  decipher.setAuthTag(text.subarray(-TAG_BYTES));
  try {
    Buffer.concat([decipher.update(text.subarray(0, -TAG_BYTES)), decipher.final()]);
    return true;
  } catch {
    return false;
  }
}
