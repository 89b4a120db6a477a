import { createDecipheriv, createHmac, pbkdf2Sync, timingSafeEqual } from "node:crypto";

/** What the first line of a vault text begins with; format version, cipher and, since 1.2, the label of its password follow. */
const MAGIC = "$ANSIBLE_VAULT";

/** Ansible's parameters: two AES-256 sized keys and a counter block from one PBKDF2 run. */
const ITERATIONS = 10_000;
const KEY_BYTES = 32;
const COUNTER_BYTES = 16;

/** Whether the text is an Ansible Vault, whole-file or inline. */
export const isVault = (text: string): boolean => text.trimStart().startsWith(`${MAGIC};`);

/** A vault that cannot be opened; the message says why. */
export class VaultError extends Error {}

interface Envelope {
  readonly label: string | undefined;
  readonly salt: Buffer;
  readonly hmac: Buffer;
  readonly ciphertext: Buffer;
}

const fromHex = (hex: string, part: string): Buffer => {
  if (hex.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(hex)) {
    throw new VaultError(`the vault is damaged: expected hexadecimal digits in its ${part}, found something else`);
  }
  return Buffer.from(hex, "hex");
};

/** The body is hexadecimal text of three lines, which are hexadecimal themselves: salt, HMAC, ciphertext. */
const openEnvelope = (text: string): Envelope => {
  const [header = "", ...body] = text
    .trim()
    .split(/\r\n|\n|\r/)
    .map((line) => line.trim());
  // Labels may hold anything but a semicolon: spaces, too.
  const [magic, version, cipher, label] = header.split(";").map((field) => field.trim());
  if (magic !== MAGIC || (version !== "1.1" && version !== "1.2") || cipher !== "AES256") {
    throw new VaultError(`expected an Ansible Vault of format 1.1 or 1.2 with AES256, found ${JSON.stringify(header)}`);
  }
  const parts = fromHex(body.join(""), "body").toString("latin1").split("\n");
  const [salt, hmac, ciphertext] = parts;
  if (parts.length !== 3 || !salt || !hmac || !ciphertext) {
    throw new VaultError("the vault is damaged: expected salt, HMAC and ciphertext, found a body cut short");
  }
  return {
    label,
    salt: fromHex(salt, "salt"),
    hmac: fromHex(hmac, "HMAC"),
    ciphertext: fromHex(ciphertext, "ciphertext"),
  };
};

/** Removes PKCS #7 padding to whole cipher blocks. */
const withoutPadding = (padded: Buffer): Buffer => padded.subarray(0, padded.length - (padded.at(-1) ?? 0));

/** The plain bytes, or `undefined` when the vault was made with another password (or was changed since). */
const decrypt = ({ salt, hmac, ciphertext }: Envelope, password: Buffer): Buffer | undefined => {
  const derived = pbkdf2Sync(password, salt, ITERATIONS, 2 * KEY_BYTES + COUNTER_BYTES, "sha256");
  const [key, hmacKey, counter] = [
    derived.subarray(0, KEY_BYTES),
    derived.subarray(KEY_BYTES, 2 * KEY_BYTES),
    derived.subarray(2 * KEY_BYTES),
  ];
  const computed = createHmac("sha256", hmacKey).update(ciphertext).digest();
  if (computed.length !== hmac.length || !timingSafeEqual(computed, hmac)) return undefined;
  const decipher = createDecipheriv("aes-256-ctr", key, counter);
  return withoutPadding(Buffer.concat([decipher.update(ciphertext), decipher.final()]));
};

/**
 * Opens a vault text with the first password that fits.
 * @throws VaultError when none does, or when the text is no vault of a known format
 */
export const decryptVault = (text: string, passwords: readonly Buffer[]): string => {
  const envelope = openEnvelope(text);
  for (const password of passwords) {
    const plain = decrypt(envelope, password);
    if (plain) return utf8(plain);
  }
  const label = envelope.label ? ` (its vault id is ${envelope.label})` : "";
  throw new VaultError(
    `wrong vault password${label}: expected the one that the vault was encrypted with, and ` +
      `${passwords.length === 1 ? "the one given does not fit" : `none of the ${passwords.length} given fits`}; ` +
      "the same error means that the vault was damaged",
  );
};

const utf8 = (bytes: Buffer): string => {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new VaultError("expected UTF-8 text in the vault, found other bytes");
  }
};
