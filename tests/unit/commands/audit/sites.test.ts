import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import https from "node:https";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import type { SiteRequest, Transport } from "@vpai/providers";
import { seeSites } from "../../../../commands/audit/sites";

/** Sites are seen by real handshakes, with servers of this machine in the place of a host's. */

let folder: string;
let credentials: { key: Buffer; cert: Buffer };

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "audit-sites-"));
  const made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=a.example", "-days", "2"];
  execFileSync("openssl", [...made, "-keyout", "key.pem", "-out", "cert.pem"], { cwd: folder, stdio: "ignore" });
  credentials = {
    key: readFileSync(path.join(folder, "key.pem")),
    cert: readFileSync(path.join(folder, "cert.pem")),
  };
});

afterAll(() => rmSync(folder, { recursive: true }));

/** What a host forwards to is reached directly. */
const host = {
  forward: <T>(address: string, port: number, use: (stream: net.Socket) => Promise<T>): Promise<T> => {
    const stream = net.connect(port, address);
    stream.on("error", () => undefined);
    return use(stream).finally(() => stream.destroy());
  },
} as unknown as Transport;

async function seen(options: https.ServerOptions): Promise<Awaited<ReturnType<typeof seeSites>>> {
  const server = https.createServer({ ...credentials, ...options }, (request, response) => {
    response.setHeader("X-Frame-Options", "DENY");
    response.setHeader("X-Asked", `${request.headers.host ?? ""}${request.url ?? ""}`);
    response.statusCode = 401;
    response.end();
  });
  server.on("tlsClientError", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as net.AddressInfo;
  const request: SiteRequest = { hostname: "a.example", address: "127.0.0.1", port, path: "/x?y", route: "all" };
  try {
    return await seeSites(host, [
      request,
      { ...request, path: "/z" },
      { ...request, address: "127.0.0.9", closed: true },
    ]);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test("a site that refuses TLS 1.1 is asked once, whatever its answer's status", async () => {
  const found = await seen({ minVersion: "TLSv1.2" });
  expect(found).toHaveLength(1);
  expect(found[0]).toMatchObject({
    ...{ hostname: "a.example", takesOldTls: false },
    headers: { "x-frame-options": "DENY", "x-asked": "a.example/z" },
  });
});

test("a site that takes part in a handshake of TLS 1.1", async () => {
  const [site] = await seen({ minVersion: "TLSv1", ciphers: "DEFAULT@SECLEVEL=0" });
  expect(site?.takesOldTls).toBe(true);
});

test("a site that does not answer", async () => {
  const nobody: SiteRequest = { hostname: "a.example", address: "127.0.0.1", port: 1, path: "/", route: "all" };
  expect(await seeSites(host, [nobody])).toEqual([
    { hostname: "a.example", address: "127.0.0.1", headers: undefined, takesOldTls: undefined },
  ]);
});
