import { readBytes } from "./local-file";
import type { Ask } from "./prompt";

/** What Ansible takes off both ends of a password: the white space of ASCII, and no other (a no-break space stays). */
const isBlank = (byte: number | undefined): boolean => byte === 0x20 || (byte !== undefined && byte >= 9 && byte <= 13);

const trimmed = (password: Buffer): Buffer => {
  let [start, end] = [0, password.length];
  while (start < end && isBlank(password[start])) start++;
  while (end > start && isBlank(password[end - 1])) end--;
  return password.subarray(start, end);
};

/** A vault password is bytes, in whatever encoding. */
const fromFile = (file: string): Buffer => {
  const password = trimmed(readBytes(file));
  if (password.length === 0) throw new Error(`expected a vault password in ${file}, found nothing`);
  if (password.subarray(0, 2).toString("latin1") === "#!") {
    throw new Error(`expected a vault password in ${file}, found a script; write what it prints to a file`);
  }
  return password;
};

/**
 * Vault passwords as Ansible reads them, from files or from a person.
 * @param files names of files, separated by commas; empty: ask
 * @throws when a file holds none, or when nobody can be asked
 */
export const vaultPasswords = async (files: string, ask: Ask | undefined): Promise<Buffer[]> => {
  if (files !== "") return files.split(",").map((file) => fromFile(file.trim()));
  if (!ask) {
    throw new Error(
      "expected the vault's password in a file named by VAULT_PASSWORD_FILE, found none, and no terminal",
    );
  }
  return [trimmed(Buffer.from(await ask("Vault password"), "utf8"))];
};
