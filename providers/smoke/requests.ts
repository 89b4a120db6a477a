import { setTimeout as sleep } from "node:timers/promises";
import tls from "node:tls";
import { exchange, type HttpAnswer } from "../ssh/http";
import { ChannelRefused } from "../ssh/refusal";
import type { Transport } from "../ssh/transport";
import { refusesHandshake } from "./tls-refusal";

/** A request to a site, as a browser on the host would make it. */
export interface SiteRequest {
  hostname: string;
  /** Where it goes, whatever the hostname resolves to. */
  address: string;
  port: number;
  /** Absolute path with its query. */
  path: string;
  /** What leads it where, for messages: `the route /litellm/* to litellm`. */
  route: string;
  /** The right answer's status. Default: 200. */
  status?: number;
  /** Where the right answer leads, as a path of the site or a whole URL. Default: it is not looked at. */
  location?: string;
  /** What the right answer's body holds. Default: anything. */
  contains?: string;
  /** That nobody may be served there: no answer and 404 are right, every other answer is wrong. */
  closed?: true;
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
      (error: Error) => faultOfError(asked, error),
    );
    if (fault === undefined) return undefined;
    if (Date.now() + pause > deadline)
      return `https://${asked.hostname}${asked.path} at ${asked.address}:${asked.port}, ${asked.route}: expected ${expectationOf(asked)}, ${fault}`;
    await sleep(pause);
  }
}

async function ask(host: Transport, asked: SiteRequest, authority: string | undefined): Promise<HttpAnswer> {
  const { hostname, address, port, path, closed } = asked;
  return host.forward(address, port, (stream) => {
    const secured = tls.connect({
      socket: stream,
      servername: hostname,
      ...(authority === undefined ? {} : { ca: authority }),
      // Who serves where nobody may is not better for a certificate that cannot be verified.
      ...(closed ? { rejectUnauthorized: false } : {}),
    });
    return exchange(secured, { method: "GET", path, headers: { host: hostname }, timeout: 10 });
  });
}

/** That nobody serves is seen where nobody listens, or the connection is ended instead of an answer; all else is not known. */
const isClosed = (error: Error & { code?: string }): boolean =>
  error instanceof ChannelRefused ? error.isTargetClosed : error.code === "ECONNRESET" || refusesHandshake(error);

function faultOfError({ closed }: SiteRequest, error: Error): string | undefined {
  const said = error.message || String(error);
  if (!closed) return `found no answer: ${said}`;
  return isClosed(error) ? undefined : `could not find out: ${said}`;
}

function expectationOf({ closed, status = 200, location, contains }: SiteRequest): string {
  if (closed) return "to be refused, as it is for the VPN only";
  const where = location === undefined ? "" : ` to ${location}`;
  const text = contains === undefined ? "" : ` with "${contains}"`;
  return `status ${status}${where}${text}`;
}

function faultOf(asked: SiteRequest, answer: HttpAnswer): string | undefined {
  if (isRight(asked, answer)) return undefined;
  const { location } = answer.headers;
  const where = location === undefined ? "" : ` to ${location}`;
  return `found status ${answer.status}${where} with "${answer.body.slice(0, LONGEST_QUOTE)}"`;
}

function isRight(
  { closed, hostname, status = 200, location, contains = "" }: SiteRequest,
  answer: HttpAnswer,
): boolean {
  if (closed) return answer.status === 404;
  const leads = answer.headers.location;
  return (
    answer.status === status &&
    (location === undefined || leads === location || leads === `https://${hostname}${location}`) &&
    answer.body.includes(contains)
  );
}
