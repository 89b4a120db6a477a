import { crc32 } from "node:zlib";
import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import net from "node:net";

/** Milliseconds that an answer may take. */
const PATIENCE = 3_000;

/** Connections that are tried at a time. */
const AT_ONCE = 64;

/** What is found of a port: somebody answers, nobody does, or this machine has no way there. */
export type Reached = "open" | "closed" | "no-route";

/** What a connection by TCP meets. It is closed at once, and nothing is sent. */
export function tcpReached(address: string, port: number): Promise<Reached> {
  return new Promise((resolve) => {
    const socket = net.connect({ host: address, port });
    const ended = (outcome: Reached): void => {
      socket.destroy();
      resolve(outcome);
    };
    socket.setTimeout(PATIENCE, () => ended("closed"));
    socket.once("connect", () => ended("open"));
    socket.once("error", ({ code }: NodeJS.ErrnoException) =>
      ended(code === "ENETUNREACH" || code === "EADDRNOTAVAIL" ? "no-route" : "closed"),
    );
  });
}

/** Whether a server of SSH says so on a port, before anybody has said anything. */
export function speaksSsh(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host: address, port });
    const ended = (outcome: boolean): void => {
      socket.destroy();
      resolve(outcome);
    };
    socket.setTimeout(PATIENCE, () => ended(false));
    socket.once("data", (said) => ended(said.toString("latin1").startsWith("SSH-2.0-")));
    socket.once("error", () => ended(false));
    socket.once("end", () => ended(false));
  });
}

/** Datagrams that a server of a well-known port answers to whoever asks, by that port. */
const QUESTIONS: ReadonlyMap<number, () => Buffer> = new Map([
  [443, quicQuestion],
  [3478, stunQuestion],
]);

/** Whether somebody can be asked there whether he is there. */
export const isAskable = (port: number): boolean => QUESTIONS.has(port);

/** What a datagram meets. @param port one that {@link isAskable} */
export function udpReached(address: string, port: number): Promise<Reached> {
  const question = QUESTIONS.get(port)?.();
  if (question === undefined) throw new Error(`expected a port that there is a question for, found ${port}`);
  return new Promise((resolve) => {
    const socket = createSocket(net.isIPv6(address) ? "udp6" : "udp4");
    const ended = (outcome: Reached): void => {
      clearTimeout(late);
      clearInterval(again);
      socket.close();
      resolve(outcome);
    };
    // A datagram may get lost.
    const again = setInterval(() => socket.send(question), PATIENCE / 3);
    const late = setTimeout(() => ended("closed"), PATIENCE);
    socket.once("message", () => ended("open"));
    socket.on("error", ({ code }: NodeJS.ErrnoException) => ended(code === "ENETUNREACH" ? "no-route" : "closed"));
    socket.connect(port, address, () => socket.send(question));
  });
}

/**
 * A long header of a version that nobody has, in a datagram of the least size: a server answers with the versions that it has
 * (RFC 9000, 6.1 and 14.1; RFC 8999, 5.1).
 */
function quicQuestion(): Buffer {
  const id = (): Buffer => Buffer.concat([Buffer.from([8]), randomBytes(8)]);
  const header = Buffer.concat([Buffer.from([0xc0, 0x1a, 0x2a, 0x3a, 0x4a]), id(), id()]);
  return Buffer.concat([header, Buffer.alloc(1200 - header.length)]);
}

/** A binding request (RFC 8489, 14.7 and 14.14); DERP's own server answers only those of Tailscale's nodes, which say so. */
function stunQuestion(): Buffer {
  const software = Buffer.concat([Buffer.from([0x80, 0x22, 0, 8]), Buffer.from("tailnode")]);
  const header = Buffer.concat([Buffer.from([0, 1, 0, software.length + 8, 0x21, 0x12, 0xa4, 0x42]), randomBytes(12)]);
  const message = Buffer.concat([header, software]);
  const print = Buffer.alloc(8);
  print.writeUInt32BE(0x80280004);
  print.writeUInt32BE((crc32(message) ^ 0x5354554e) >>> 0, 4);
  return Buffer.concat([message, print]);
}

/** Does something for each, some at a time. */
export async function eachOf<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < all.length; at += AT_ONCE)
    results.push(...(await Promise.all(all.slice(at, at + AT_ONCE).map(work))));
  return results;
}
