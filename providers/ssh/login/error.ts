import { type Login, nameOf } from "../connection";
import { MANY_LOGINS } from "../explain";
import { hostKeyAlgorithms, keyBlob, keyType } from "../policy";
import { SshRefused } from "../refusal";

/** What a login met before its error. */
export interface Seen {
  /** The first text of the server: its version, when it lets us come so far. */
  text: string;
  /** The key that the host showed, in base64. */
  hostKey?: string;
  /** What went wrong with one of the agent's keys; the others are tried all the same. */
  agent?: string;
}

/** The library's error in words that say what to do; an SshRefused where waiting does not help. */
export function errorOf(error: Error & { level?: string }, login: Login, seen: Seen): Error {
  const refused = refusalOf(error, login, seen);
  if (refused !== undefined) return new SshRefused(`${nameOf(login)}: ${refused}`);
  const said = error.message || String(error);
  // A version is the first thing that a server says; without one it did not let us begin.
  const turnedAway = /ECONNRESET|EPIPE|Connection lost before handshake|closed before the login/.test(said);
  const hint = turnedAway && !seen.text.includes("SSH-") ? `${textOf(seen)}; ${MANY_LOGINS}` : "";
  return new Error(`${nameOf(login)}: cannot connect over SSH: ${said}${hint}`, { cause: error });
}

const textOf = ({ text }: Seen): string =>
  text.trim() === "" ? "" : `, and the server said ${JSON.stringify(text.trim())}`;

function refusalOf(error: Error & { level?: string }, login: Login, seen: Seen): string | undefined {
  if (seen.hostKey !== undefined && seen.hostKey !== keyBlob(login.hostKey)) {
    return (
      `the host key is not the pinned one (expected ${login.hostKey}, found ${keyType(login.hostKey)} ${seen.hostKey}). ` +
      "If the host was reinstalled, verify its new key on its console and change hostKey; otherwise somebody answers in its place."
    );
  }
  if (/no matching host key format/.test(error.message)) {
    return (
      `expected a host that proves the pinned key (${hostKeyAlgorithms(login).join(", ")}), found one that does not offer it. ` +
      "Pin a key of a type that its sshd has (`ssh-keyscan` shows them), or turn that type on there (HostKey, HostKeyAlgorithms)."
    );
  }
  if (/too many authentication failures/i.test(error.message)) {
    return "the SSH agent offered more keys than the host lets be tried; set identityFile to the right one, its .pub file is enough";
  }
  if (error.level === "client-authentication") {
    const agent = seen.agent === undefined ? "" : `; the SSH agent said: ${seen.agent}`;
    return `the login was refused; the host does not know our key (${error.message}${agent})`;
  }
  return undefined;
}
