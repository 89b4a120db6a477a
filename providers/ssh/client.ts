import { readFile } from "node:fs/promises";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Client, ConnectConfig } from "ssh2";
import { type Connection, keyBlob, keyType } from "./connection";

/** How long a host may take to accept its first login: a machine that boots answers late. Milliseconds. */
const PATIENCE = 90_000;

/** A host that answers, but not as the pinned host or not to our key: waiting does not help. */
class SshRefused extends Error {}

/**
 * Logs in, with patience while the host does not answer yet.
 * @throws SshRefused on a wrong host key or a rejected login, at once
 */
export async function connect(connection: Connection, patience = PATIENCE): Promise<Client> {
  const deadline = Date.now() + patience;
  for (let pause = 250; ; pause = Math.min(pause * 2, 3000)) {
    try {
      return await connectOnce(connection);
    } catch (error) {
      if (error instanceof SshRefused || Date.now() + pause > deadline) throw error;
      await sleep(pause);
    }
  }
}

async function connectOnce(connection: Connection): Promise<Client> {
  const name = `${connection.user}@${connection.host}:${connection.port}`;
  if (keyBlob(connection.hostKey) === "") throw new SshRefused(`${name}: no host key is pinned; set hostKey`);
  const credentials = await credentialsOf(connection);
  const { Client } = (await import("ssh2")).default;
  // A command's request is several small packets: without noDelay each command would take 40 ms longer.
  const socket = net.connect({ host: connection.host, port: connection.port, noDelay: true });
  return new Promise((resolve, reject) => {
    const client = new Client();
    let shown: string | undefined;
    client.once("ready", () => {
      letProcessEnd(client, socket);
      resolve(client);
    });
    client.once("error", (error: Error & { level?: string }) => {
      socket.destroy();
      reject(explain(error, name, connection, shown));
    });
    // A server that goes between key exchange and login ends the connection without an error.
    client.once("close", () => reject(new Error(`${name}: the connection was closed before the login`)));
    client.connect({
      sock: socket,
      username: connection.user,
      ...credentials,
      readyTimeout: 15_000,
      algorithms: { serverHostKey: [keyType(connection.hostKey)] as never },
      hostVerifier: (key: Buffer) => {
        shown = key.toString("base64");
        return shown === keyBlob(connection.hostKey);
      },
    });
  });
}

/** An idle connection must not keep the process alive, and a dead one must be noticed. */
function letProcessEnd(client: Client, socket: net.Socket): void {
  socket.unref();
  socket.setKeepAlive(true, 10_000);
  client.on("error", () => socket.destroy());
  // Each stream that is being opened listens for the connection's end, and many may be at once.
  client.setMaxListeners(0);
}

async function credentialsOf({ identityFile }: Connection): Promise<Pick<ConnectConfig, "privateKey" | "agent">> {
  if (identityFile !== undefined) {
    const file = identityFile.replace(/^~(?=\/)/, os.homedir());
    try {
      return { privateKey: await readFile(path.resolve(file)) };
    } catch (error) {
      throw new SshRefused(
        `the SSH key ${identityFile} cannot be read (${(error as Error).message}); check identityFile`,
      );
    }
  }
  const agent = process.env["SSH_AUTH_SOCK"];
  if (agent === undefined) {
    throw new SshRefused(
      "no identityFile is configured and no SSH agent runs (SSH_AUTH_SOCK is not set); set one of them",
    );
  }
  return { agent };
}

function explain(error: Error & { level?: string }, name: string, connection: Connection, shown?: string): Error {
  if (shown !== undefined && shown !== keyBlob(connection.hostKey)) {
    return new SshRefused(
      `${name}: the host key is not the pinned one (expected ${connection.hostKey}, found ${keyType(connection.hostKey)} ${shown}). ` +
        "If the host was reinstalled, verify its new key on its console and change hostKey; otherwise somebody answers in its place.",
    );
  }
  if (error.level === "client-authentication") {
    return new SshRefused(`${name}: the login was refused; the host does not know our key (${error.message})`);
  }
  return new Error(`${name}: cannot connect over SSH: ${error.message || String(error)}`, { cause: error });
}
