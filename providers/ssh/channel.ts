import type { Readable } from "node:stream";
import type { Client, ClientChannel } from "ssh2";
import { ChannelLost, ConnectionLost } from "./outage";
import { refusalOf } from "./refusal";

/** What a remote command gave. */
export interface Answer {
  code: number;
  stdout: string;
  stderr: string;
}

/** Asks a connection for a channel: to run a command, or to somewhere else. */
export type ChannelStarter = (client: Client, done: (error: Error | undefined, channel: ClientChannel) => void) => void;

/** Called in the very moment a channel opens: a quick command's first events follow at once. */
export type ChannelUser<T> = (channel: ClientChannel) => T | Promise<T>;

/**
 * A channel, holding the process alive until it closes.
 * @throws ChannelLost when the connection is gone before it opens, ChannelRefused when the server opens none
 * @throws ConnectionLost when the connection is gone while it is in use, whatever `use` makes of that
 */
export function channelOn<T>(client: Client, start: ChannelStarter, use: ChannelUser<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const alive = setInterval(() => undefined, 60_000);
    const fail = (error: Error): void => {
      clearInterval(alive);
      client.removeListener("close", lost);
      reject(error);
    };
    const lost = (): void => fail(new ChannelLost("the SSH connection was lost"));
    client.once("close", lost);
    try {
      start(client, (error, channel) => {
        if (error) return fail(refusalOf(error));
        client.removeListener("close", lost);
        channel.once("close", () => clearInterval(alive));
        resolve(whileConnected(client, () => use(channel)));
      });
    } catch (error) {
      fail(new ChannelLost((error as Error).message));
    }
  });
}

/** What fails because its connection is gone says so, not what that looked like from within. */
async function whileConnected<T>(client: Client, use: () => T | Promise<T>): Promise<T> {
  let gone = false;
  const note = (): void => void (gone = true);
  client.once("close", note);
  try {
    return await use();
  } catch (error) {
    if (!gone || error instanceof ConnectionLost) throw error;
    throw new ConnectionLost(`the SSH connection was lost meanwhile (${(error as Error).message})`, { cause: error });
  } finally {
    client.removeListener("close", note);
  }
}

/** Sends a command its input and gathers its answer. @throws ConnectionLost when the connection is lost meanwhile */
export function collect(channel: ClientChannel, stdin: string | Readable | undefined): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let code: number | undefined;
    channel.on("data", (chunk: Buffer) => stdout.push(chunk));
    channel.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    channel.on("error", reject);
    channel.on("exit", (status: number | null, signal?: string) => {
      code = status ?? (signal === undefined ? undefined : 128);
    });
    channel.on("close", () => {
      if (code === undefined) {
        return reject(new ConnectionLost("the SSH connection was lost while a remote command ran"));
      }
      resolve({ code, stdout: Buffer.concat(stdout).toString("utf8"), stderr: Buffer.concat(stderr).toString("utf8") });
    });
    if (typeof stdin === "object") stdin.on("error", reject).pipe(channel);
    else channel.end(stdin ?? "");
  });
}
