import { readFile, stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { BaseAgent, ConnectConfig } from "ssh2";
import type { Login } from "../connection";
import { publicPart } from "./protected-key";
import { SshRefused } from "../refusal";

type Credentials = Pick<ConnectConfig, "privateKey" | "agent">;

/**
 * What a login is tried with: the key file; the agent's key, where the file is protected by a passphrase or holds the public
 * part alone; all keys of the agent, where no file is configured. OpenSSH does the same with `sshOptions`.
 * @throws SshRefused when there is no such key, with what to do
 */
export async function credentialsOf({ identityFile }: Login): Promise<Credentials> {
  if (identityFile === undefined) {
    const agent = process.env["SSH_AUTH_SOCK"];
    if (agent !== undefined) return { agent };
    throw new SshRefused(
      "no identityFile is configured and no SSH agent runs (SSH_AUTH_SOCK is not set); set one of them",
    );
  }
  const file = path.resolve(identityFile.replace(/^~(?=\/)/, os.homedir()));
  const content = await readKey(file, identityFile);
  expectKnownFormat(content, identityFile);
  const { utils } = (await import("ssh2")).default;
  const key = utils.parseKey(content);
  if (!(key instanceof Error)) {
    if (key.isPrivateKey()) {
      await expectUnseen(file, identityFile);
      return { privateKey: content };
    }
    return heldByAgent(key.getPublicSSH(), `the SSH key ${identityFile} is a public key`, identityFile);
  }
  if (!/no passphrase given/.test(key.message) && !content.includes("ENCRYPTED")) {
    throw new SshRefused(
      `the SSH key ${identityFile} cannot be used (${key.message}): expected an Ed25519, ECDSA or RSA key in OpenSSH's format; ` +
        "keys of security keys (sk-…) are not supported, other formats are converted by `ssh-keygen -p -f <file>`",
    );
  }
  const blob = await publicPart(file, content);
  if (blob !== undefined) {
    return heldByAgent(blob, `the SSH key ${identityFile} is protected by a passphrase`, identityFile);
  }
  throw new SshRefused(
    `the SSH key ${identityFile} is protected by a passphrase, and its public part is not beside it; ` +
      `write it with \`ssh-keygen -y -f ${identityFile} > ${identityFile}.pub\`, and let the SSH agent hold the key (ssh-add ${identityFile})`,
  );
}

/** Type and base64 of the public key that a login is tried with; undefined where an agent alone knows, or the file cannot be read. */
export async function publicKeyOf({ identityFile }: Pick<Login, "identityFile">): Promise<string | undefined> {
  if (identityFile === undefined) return undefined;
  const file = path.resolve(identityFile.replace(/^~(?=\/)/, os.homedir()));
  const { utils } = (await import("ssh2")).default;
  for (const candidate of [file, `${file}.pub`]) {
    const content = await readFile(candidate).catch(() => undefined);
    const key = content === undefined ? undefined : utils.parseKey(content);
    if (key !== undefined && !(key instanceof Error)) return `${key.type} ${key.getPublicSSH().toString("base64")}`;
  }
  return undefined;
}

async function readKey(file: string, named: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new SshRefused(`the SSH key ${named} cannot be read (${(error as Error).message}); check identityFile`);
  }
}

/** What ssh2 reads and OpenSSH does not: the Docker provider could not log in. */
function expectKnownFormat(content: Buffer, named: string): void {
  if (!content.toString("latin1").startsWith("PuTTY-User-Key-File")) return;
  throw new SshRefused(
    `the SSH key ${named} cannot be used: expected a key in OpenSSH's format, found one in PuTTY's; ` +
      `convert it with \`puttygen ${named} -O private-openssh -o ${named}.openssh\`, and set identityFile to that`,
  );
}

/** As OpenSSH does: a private key of ours that others may read is none to log in with; whose file it is not cannot mend that. */
async function expectUnseen(file: string, named: string): Promise<void> {
  const { uid, mode } = await stat(file);
  if (uid !== process.getuid?.() || (mode & 0o077) === 0) return;
  throw new SshRefused(
    `the SSH key ${named} cannot be used: expected a file that its owner alone may read, found mode ${(mode & 0o777).toString(8).padStart(4, "0")}, ` +
      `which OpenSSH refuses; run \`chmod 600 ${named}\``,
  );
}

/** The agent, which offers that one key alone: a server counts each key that is offered as a failed attempt. */
async function heldByAgent(blob: Buffer, what: string, named: string): Promise<Credentials> {
  const toDo = `load it with \`ssh-add ${named.replace(/\.pub$/, "")}\` (or from the hardware that holds it), or set identityFile to a private key without a passphrase`;
  const socket = process.env["SSH_AUTH_SOCK"];
  if (socket === undefined) {
    throw new SshRefused(`${what}, and no SSH agent runs that could hold it (SSH_AUTH_SOCK is not set); ${toDo}`);
  }
  const { createAgent, utils } = (await import("ssh2")).default;
  const isIt = (key: unknown): boolean => {
    const parsed = utils.parseKey(key as Buffer);
    return !(parsed instanceof Error) && parsed.getPublicSSH().equals(blob);
  };
  const agent = createAgent(socket);
  const keys = (await identitiesOf(agent, socket)).filter(isIt);
  if (keys.length === 0) throw new SshRefused(`${what}, and the SSH agent does not hold it; ${toDo}`);
  agent.getIdentities = (done) => done(undefined, keys);
  return { agent };
}

const identitiesOf = (agent: BaseAgent, socket: string): Promise<(string | Buffer)[]> =>
  new Promise((resolve, reject) =>
    agent.getIdentities((error, keys) =>
      error
        ? reject(new SshRefused(`the SSH agent at ${socket} (SSH_AUTH_SOCK) does not answer (${error.message})`))
        : resolve((keys ?? []) as (string | Buffer)[]),
    ),
  );
