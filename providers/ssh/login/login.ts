import type { Duplex } from "node:stream";
import type { Client } from "ssh2";
import { type Login, nameOf } from "../connection";
import { credentialsOf } from "./identity";
import { errorOf, type Seen } from "./error";
import { hostKeyAlgorithms, keyBlob, LOGIN_SECONDS } from "../policy";
import { SshRefused } from "../refusal";

/**
 * One login over a stream to the server, which is destroyed when it fails.
 * @throws SshRefused on a wrong host key, or a rejected login
 */
export async function logInOver(login: Login, open: () => Promise<Duplex> | Duplex): Promise<Client> {
  if (keyBlob(login.hostKey) === "") throw new SshRefused(`${nameOf(login)}: no host key is pinned; set hostKey`);
  const credentials = await credentialsOf(login);
  const { Client } = (await import("ssh2")).default;
  const stream = await open();
  return new Promise((resolve, reject) => {
    const client = new Client();
    const seen: Seen = { text: "" };
    stream.on("data", (chunk: Buffer) => noteText(seen, chunk));
    client.once("ready", () => resolve(client));
    // Of one fault several errors may come, and one that nobody listens for would end the process.
    client.on("error", (error: Error & { level?: string }) => {
      if (error.level === "agent") return void (seen.agent = error.message);
      stream.destroy();
      reject(errorOf(error, login, seen));
    });
    // A server that goes between key exchange and login ends the connection without an error.
    client.once("close", () => {
      stream.destroy();
      reject(errorOf(new Error("the connection was closed before the login"), login, seen));
    });
    client.connect({
      sock: stream,
      username: login.user,
      ...credentials,
      readyTimeout: LOGIN_SECONDS * 1000,
      algorithms: { serverHostKey: hostKeyAlgorithms(login) as never },
      hostVerifier: (key: Buffer) => {
        seen.hostKey = key.toString("base64");
        return seen.hostKey === keyBlob(login.hostKey);
      },
    });
  });
}

/** Longest text before the server's version that is kept, in characters. */
const LONGEST_TEXT = 200;

/** What a server says in place of its version is the only reason that it gives. */
function noteText(seen: Seen, chunk: Buffer): void {
  if (seen.text.length < LONGEST_TEXT) seen.text += chunk.toString("latin1").slice(0, LONGEST_TEXT);
}
