import type { Client, ClientChannel } from "ssh2";

/** What a remote command gave. */
export interface Answer {
  code: number;
  stdout: string;
  stderr: string;
}

/** The connection broke before a channel was open: nothing has run yet. */
export class ChannelLost extends Error {}

export type ChannelStarter = (client: Client, done: (error: Error | undefined, channel: ClientChannel) => void) => void;

/** Called in the very moment a channel opens: a quick command's first events follow at once. */
export type ChannelUser<T> = (channel: ClientChannel) => T | Promise<T>;

/** A channel, holding the process alive until it closes. @throws ChannelLost when the connection is gone */
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
        if (error) return fail(error);
        client.removeListener("close", lost);
        channel.once("close", () => clearInterval(alive));
        resolve(use(channel));
      });
    } catch (error) {
      fail(new ChannelLost((error as Error).message));
    }
  });
}

/** Sends a command its input and gathers its answer. @throws when the connection is lost meanwhile */
export function collect(channel: ClientChannel, stdin: string | undefined): Promise<Answer> {
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
      if (code === undefined) return reject(new Error("the SSH connection was lost while a remote command ran"));
      resolve({ code, stdout: Buffer.concat(stdout).toString("utf8"), stderr: Buffer.concat(stderr).toString("utf8") });
    });
    channel.end(stdin ?? "");
  });
}
