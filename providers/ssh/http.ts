import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import type { Duplex } from "node:stream";

/** One HTTP request; nothing of it passes a shell. */
export interface HttpRequest {
  method: string;
  /** Absolute path with its query, already encoded. */
  path: string;
  headers?: Readonly<Record<string, string>>;
  /** Default: none. */
  body?: string;
  /** Seconds until the whole answer must be there. Default: 30. */
  timeout?: number;
}

/** A whole answer, its body read as text. */
export interface HttpAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** One request and its answer over an open stream, which is closed afterwards. @throws when no whole answer comes in time */
export async function exchange(stream: Duplex, asked: HttpRequest): Promise<HttpAnswer> {
  const { method, path, headers = {}, body = "", timeout = 30 } = asked;
  const sent = request({ method, path, headers: { ...headers, ...lengthOf(body) }, createConnection: () => stream });
  // A destroyed request names its own reason on some streams alone.
  let isLate = false;
  const late = setTimeout(() => {
    isLate = true;
    sent.destroy();
  }, timeout * 1000);
  try {
    return await answerTo(sent, body);
  } catch (error) {
    if (!isLate) throw error;
    throw new Error(`expected an answer to ${method} ${path} within ${timeout} s, found none`, { cause: error });
  } finally {
    clearTimeout(late);
    stream.destroy();
  }
}

const lengthOf = (body: string): Record<string, string> =>
  body === "" ? {} : { "content-length": String(Buffer.byteLength(body)) };

function answerTo(sent: ClientRequest, body: string): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    sent.on("error", reject);
    sent.on("response", (response: IncomingMessage) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString("utf8"),
        }),
      );
    });
    sent.end(body);
  });
}
