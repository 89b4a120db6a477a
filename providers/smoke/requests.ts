import { setTimeout as sleep } from "node:timers/promises";
import tls from "node:tls";
import { exchange, type HttpAnswer } from "../ssh/http";
import type { Transport } from "../ssh/transport";

/** A request to a site, as a browser on the host would make it. */
export interface SiteRequest {
  hostname: string;
  /** Where it goes, whatever the hostname resolves to. */
  address: string;
  port: number;
  /** Absolute path with its query. */
  path: string;
  /** The right answer's status. Default: any that is no server error. */
  status?: number;
  /** What the right answer's body holds. Default: anything. */
  contains?: string;
}

/** Longest part of a wrong answer that is shown, in characters. */
const LONGEST_QUOTE = 300;

/**
 * Asks until the answer is right: a certificate or a route may be seconds away.
 * @param authority certificate that the site's own must descend from; default: the public ones
 * @param patience seconds
 * @returns what is wrong, undefined when nothing is
 */
export async function siteFault(
  host: Transport,
  asked: SiteRequest,
  { authority, patience }: { authority: string | undefined; patience: number },
): Promise<string | undefined> {
  const deadline = Date.now() + patience * 1000;
  for (let pause = 250; ; pause = Math.min(pause * 2, 2000)) {
    const fault = await ask(host, asked, authority).then(
      (answer) => faultOf(asked, answer),
      (error: Error) => `found no answer: ${error.message || String(error)}`,
    );
    if (fault === undefined) return undefined;
    if (Date.now() + pause > deadline)
      return `https://${asked.hostname}${asked.path} at ${asked.address}:${asked.port}: expected ${expectationOf(asked)}, ${fault}`;
    await sleep(pause);
  }
}

async function ask(host: Transport, asked: SiteRequest, authority: string | undefined): Promise<HttpAnswer> {
  const { hostname, address, port, path } = asked;
  const stream = await host.forward(address, port);
  const secured = tls.connect({
    socket: stream,
    servername: hostname,
    ...(authority === undefined ? {} : { ca: authority }),
  });
  return exchange(secured, { method: "GET", path, headers: { host: hostname }, timeout: 10 });
}

const expectationOf = ({ status, contains }: SiteRequest): string =>
  (status === undefined ? "a status below 500" : `status ${status}`) +
  (contains === undefined ? "" : ` with "${contains}"`);

function faultOf({ status, contains = "" }: SiteRequest, answer: HttpAnswer): string | undefined {
  const right = status === undefined ? answer.status < 500 : answer.status === status;
  if (right && answer.body.includes(contains)) return undefined;
  return `found status ${answer.status} with "${answer.body.slice(0, LONGEST_QUOTE)}"`;
}
