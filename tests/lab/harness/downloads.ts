import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A web server of this machine from which lab hosts download. */
export class Downloads {
  private readonly files = new Map<string, string>();

  private constructor(private readonly server: Server) {}

  /** Listens on all addresses of this machine. */
  static async start(): Promise<Downloads> {
    const server = createServer();
    const downloads = new Downloads(server);
    server.on("request", ({ url = "" }, response) => {
      const text = downloads.files.get(url);
      response.writeHead(text === undefined ? 404 : 200).end(text);
    });
    await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve));
    return downloads;
  }

  /** Serves a file. @returns its path and port, and its SHA-256 */
  put(name: string, text: string): { path: string; port: number; sha256: string } {
    this.files.set(`/${name}`, text);
    const { port } = this.server.address() as AddressInfo;
    return { path: `/${name}`, port, sha256: createHash("sha256").update(text).digest("hex") };
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
