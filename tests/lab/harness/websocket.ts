import { createHash, randomBytes } from "node:crypto";
import https from "node:https";
import type { LookupFunction } from "node:net";
import type { Duplex } from "node:stream";
import type { LabHost } from "./host";

/** RFC 6455, as far as short texts need it. */
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** A program for Node that answers plain requests with 426, and says each WebSocket message again. Argument: its port. */
export const ECHO = `const { createHash } = require("crypto");
const server = require("http").createServer((_, response) => response.writeHead(426).end());
server.on("upgrade", ({ headers }, socket) => {
  const accept = createHash("sha1").update(headers["sec-websocket-key"] + "${GUID}").digest("base64");
  socket.write("HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nSec-WebSocket-Accept: " + accept + "\\r\\n\\r\\n");
  socket.on("error", () => socket.destroy());
  socket.on("data", (frame) => {
    if ((frame[0] & 15) !== 1) return socket.destroy();
    const text = Buffer.from(frame.subarray(6).map((byte, index) => byte ^ frame[2 + (index % 4)]));
    socket.write(Buffer.concat([Buffer.from([0x81, text.length]), text]));
  });
});
server.listen(Number(process.argv[1]));`;

/** An open WebSocket. */
export class WebSocketClient {
  private constructor(private readonly socket: Duplex) {
    socket.on("error", () => socket.destroy());
  }

  /** Opens one on a site of a host. The certificate is verified. @throws unless the site takes it */
  static open(host: LabHost, url: string, ca: string): Promise<WebSocketClient> {
    const lookup: LookupFunction = (_name, options, done) =>
      options.all === true
        ? done(null, [{ address: host.publicAddress, family: 4 }])
        : done(null, host.publicAddress, 4);
    const key = randomBytes(16).toString("base64");
    const headers = {
      Connection: "Upgrade",
      Upgrade: "websocket",
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": key,
    };
    return new Promise((resolve, reject) => {
      const request = https.request(url, { ca, lookup, agent: false, headers });
      request.on("response", ({ statusCode }) =>
        reject(new Error(`${url}: expected a WebSocket, found ${statusCode}`)),
      );
      request.on("error", reject);
      request.on("upgrade", (response, socket) => {
        const accept = createHash("sha1").update(`${key}${GUID}`).digest("base64");
        if (response.headers["sec-websocket-accept"] === accept) resolve(new WebSocketClient(socket));
        else reject(new Error(`${url}: expected the answer to our key, found another one`));
      });
      request.end();
    });
  }

  /** Sends a text of less than 126 bytes. @returns the next message @throws when the connection is closed, or silent for 10 s */
  async ask(text: string): Promise<string> {
    const mask = randomBytes(4);
    const masked = Buffer.from(text).map((byte, index) => byte ^ (mask[index % 4] ?? 0));
    return new Promise((resolve, reject) => {
      const closed = (): void => reject(new Error("the WebSocket is closed"));
      if (this.socket.destroyed || this.socket.readableEnded) return closed();
      const timer = setTimeout(() => reject(new Error("no message within 10 s")), 10_000);
      this.socket.once("close", closed);
      this.socket.once("data", (frame: Buffer) => {
        clearTimeout(timer);
        this.socket.off("close", closed);
        if (((frame[0] ?? 0) & 15) === 1) resolve(frame.subarray(2).toString());
        else closed();
      });
      this.socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | masked.length]), mask, masked]));
    });
  }

  close(): void {
    this.socket.destroy();
  }
}
