import { request } from "node:http";
import { connect, type Socket } from "node:net";

/** What the engine answered. */
export interface Answer {
  status: number;
  /** Text of the body, JSON where the engine has something to say. */
  body: string;
}

/** The host's engine, behind its socket. */
export interface Engine {
  /** @param path without a version, so that the engine takes its own @throws when the engine does not answer */
  ask(method: string, path: string, body?: object): Promise<Answer>;
  /** Opens the stream of a command; what the engine sends begins with its HTTP head. */
  stream(path: string, body: object): Socket;
}

export const engineAt = (socketPath: string): Engine => ({
  ask: (method, path, body) =>
    new Promise((resolve, reject) => {
      const text = body === undefined ? "" : JSON.stringify(body);
      const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(text) };
      const asked = request({ socketPath, method, path, headers }, (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("error", reject);
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString("utf8") }),
        );
      });
      asked.on("error", reject);
      asked.end(text);
    }),
  stream: (path, body) => {
    const socket = connect({ path: socketPath, allowHalfOpen: true });
    const text = JSON.stringify(body);
    const head = [
      `POST ${path} HTTP/1.1`,
      "Host: docker",
      "Connection: Upgrade",
      "Upgrade: tcp",
      "Content-Type: application/json",
      `Content-Length: ${Buffer.byteLength(text)}`,
    ];
    socket.write(`${head.join("\r\n")}\r\n\r\n${text}`);
    return socket;
  },
});
