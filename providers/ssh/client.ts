import net from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "ssh2";
import type { Connection } from "./connection";
import { detourTo } from "./detour";
import { credentialsOf } from "./identity";
import { keepAlive } from "./keepalive";
import { expectPlainShell } from "./login-shell";
import { hostKeyAlgorithms, keyBlob, keyType, LOGIN_SECONDS } from "./policy";
import { SshRefused } from "./refusal";

/** How long a host may take to accept its first login: a machine that boots answers late. Milliseconds. */
const PATIENCE = 90_000;

/**
 * Logs in, with patience while the host does not answer yet, or ends the connection before the login.
 * @throws SshRefused on a wrong host key, a rejected login, a login shell that spoils answers, or a host that is reached
 * by a jump host only, at once
 */
export async function connect(connection: Connection, patience = PATIENCE): Promise<Client> {
  const deadline = Date.now() + patience;
  for (let pause = 250; ; pause = Math.min(pause * 2, 3000)) {
    try {
      return await logIn(connection);
    } catch (error) {
      if (error instanceof SshRefused) throw error;
      const late = Date.now() + pause > deadline;
      if (late || isOutOfReach(error as Error)) await refuseDetour(connection, error as Error);
      if (late) throw error;
      await sleep(pause);
    }
  }
}

const nameOf = ({ user, host, port }: Connection): string => `${user}@${host}:${port}`;

/** Whether no packet came back; a host that boots, or has too many logins under way, answers with one. */
const isOutOfReach = (error: Error & { cause?: unknown }): boolean =>
  ["ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "ENOTFOUND", "EAI_AGAIN"].includes(
    (error.cause as { code?: string } | undefined)?.code ?? "",
  ) || error.message.includes("Timed out while waiting for handshake");

async function refuseDetour(connection: Connection, error: Error): Promise<void> {
  const detour = await detourTo(connection);
  if (detour === undefined) return;
  throw new SshRefused(
    `${error.message}. Your OpenSSH config goes there by "${detour}", but no SSH config is read here and jump hosts are not followed yet. ` +
      "Run this where the host is reached directly, or forward a port to it (`ssh -N -L 2222:<host>:22 <jump host>`) and set the machine's address and port to that.",
    { cause: error },
  );
}

async function logIn(connection: Connection): Promise<Client> {
  const client = await connectOnce(connection);
  try {
    await expectPlainShell(client, nameOf(connection));
    return client;
  } catch (error) {
    client.destroy();
    throw error;
  }
}

async function connectOnce(connection: Connection): Promise<Client> {
  const name = nameOf(connection);
  if (keyBlob(connection.hostKey) === "") throw new SshRefused(`${name}: no host key is pinned; set hostKey`);
  const credentials = await credentialsOf(connection);
  const { Client } = (await import("ssh2")).default;
  // A command's request is several small packets: without noDelay each command would take 40 ms longer.
  const socket = net.connect({ host: connection.host, port: connection.port, noDelay: true });
  return new Promise((resolve, reject) => {
    const client = new Client();
    const seen: Seen = {};
    client.once("ready", () => {
      letProcessEnd(client, socket);
      resolve(client);
    });
    // Of one fault several errors may come, and one that nobody listens for would end the process.
    client.on("error", (error: LibraryError) => {
      if (error.level === "agent") return void (seen.agent = error.message);
      socket.destroy();
      reject(explain(error, connection, seen));
    });
    // A server that goes between key exchange and login ends the connection without an error.
    client.once("close", () => reject(new Error(`${name}: the connection was closed before the login`)));
    client.connect({
      sock: socket,
      username: connection.user,
      ...credentials,
      readyTimeout: LOGIN_SECONDS * 1000,
      algorithms: { serverHostKey: hostKeyAlgorithms(connection) as never },
      hostVerifier: (key: Buffer) => {
        seen.hostKey = key.toString("base64");
        return seen.hostKey === keyBlob(connection.hostKey);
      },
    });
  });
}

/** An idle connection must not keep the process alive, and a dead one must be noticed. */
function letProcessEnd(client: Client, socket: net.Socket): void {
  socket.unref();
  keepAlive(client, () => socket.destroy());
  // Each stream that is being opened listens for the connection's end, and many may be at once.
  client.setMaxListeners(0);
}

/** What a login met before its error. */
interface Seen {
  /** The key that the host showed, in base64. */
  hostKey?: string;
  /** What went wrong with one of the agent's keys; the others are tried all the same. */
  agent?: string;
}

type LibraryError = Error & { level?: string };

function explain(error: LibraryError, connection: Connection, seen: Seen): Error {
  const name = nameOf(connection);
  if (seen.hostKey !== undefined && seen.hostKey !== keyBlob(connection.hostKey)) {
    return new SshRefused(
      `${name}: the host key is not the pinned one (expected ${connection.hostKey}, found ${keyType(connection.hostKey)} ${seen.hostKey}). ` +
        "If the host was reinstalled, verify its new key on its console and change hostKey; otherwise somebody answers in its place.",
    );
  }
  if (/no matching host key format/.test(error.message)) {
    return new SshRefused(
      `${name}: expected a host that proves the pinned key (${hostKeyAlgorithms(connection).join(", ")}), found one that does not offer it. ` +
        "Pin a key of a type that its sshd has (`ssh-keyscan` shows them), or turn that type on there (HostKey, HostKeyAlgorithms).",
    );
  }
  if (/too many authentication failures/i.test(error.message)) {
    return new SshRefused(
      `${name}: the SSH agent offered more keys than the host lets be tried; set identityFile to the right one, its .pub file is enough`,
    );
  }
  if (error.level === "client-authentication") {
    const agent = seen.agent === undefined ? "" : `; the SSH agent said: ${seen.agent}`;
    return new SshRefused(`${name}: the login was refused; the host does not know our key (${error.message}${agent})`);
  }
  return new Error(`${name}: cannot connect over SSH: ${error.message || String(error)}`, { cause: error });
}
