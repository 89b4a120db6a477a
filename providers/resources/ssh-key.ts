import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Kind } from "../implementation";
import { resourceOf } from "../resource";
import { generatePair } from "../ssh/key-pair";

/** An Ed25519 key pair, generated once. */
export interface SshKeyInputs {
  /** Comment in the public key, for whoever reads an authorized_keys file. */
  comment: string;
  /**
   * File on this machine that takes the private key, mode 0600, absolute path. The state then holds the public key
   * only. Default: the private key is kept in the state, encrypted.
   */
  privateKeyFile?: string;
  /**
   * File on this machine with a copy of a private key that the state keeps, mode 0600, absolute path: who loses the state finds
   * the key there. Default: no copy.
   */
  copyFile?: string;
}

export interface SshKeyState extends SshKeyInputs {
  /** `ssh-ed25519 AAAA…`, without the comment. */
  publicKey: string;
  /** OpenSSH format; empty when `privateKeyFile` has it. */
  privateKey: string;
}

export const sshKeyKind: Kind<SshKeyInputs, SshKeyState> = {
  version: 1,
  identity: ["comment", "privateKeyFile"],
  added: ["copyFile"],
  async ensure(inputs, before) {
    const { privateKeyFile, copyFile } = inputs;
    const file = privateKeyFile ?? copyFile;
    const kept = before ?? (file === undefined ? undefined : await keyInFile(inputs, file));
    if (kept) return { ...kept, ...inputs };
    const pair = await generatePair(inputs.comment);
    if (file !== undefined) await writePrivateKey(file, pair.private);
    return {
      ...inputs,
      publicKey: withoutComment(pair.public),
      privateKey: privateKeyFile === undefined ? pair.private : "",
    };
  },
  async observe(state) {
    return state.privateKeyFile === undefined ? state : keyInFile(state, state.privateKeyFile);
  },
  async remove(state) {
    const file = state.privateKeyFile ?? state.copyFile;
    if (file !== undefined) await rm(file, { force: true });
  },
};

async function keyInFile(inputs: SshKeyInputs, file: string): Promise<SshKeyState | undefined> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const { utils } = (await import("ssh2")).default;
  const key = utils.parseKey(text);
  if (key instanceof Error)
    throw new Error(`${file}: expected an SSH private key: ${key.message}; remove the file to have a new one made`);
  const publicKey = `${key.type} ${key.getPublicSSH().toString("base64")}`;
  return { ...inputs, publicKey, privateKey: inputs.privateKeyFile === undefined ? text : "" };
}

async function writePrivateKey(file: string, key: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, key, { mode: 0o600 });
  await chmod(file, 0o600);
}

const withoutComment = (publicKey: string): string => publicKey.trim().split(/\s+/).slice(0, 2).join(" ");

/** An Ed25519 key pair for a login or for a host. */
export class SshKey extends resourceOf(sshKeyKind, {
  type: "vpai/host:SshKey",
  name: "sshKey",
  outputs: { publicKey: "plain", privateKey: "secret" },
}) {}
