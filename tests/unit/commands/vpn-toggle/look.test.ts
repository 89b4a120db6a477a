import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer as createTcpServer, type Server, type AddressInfo } from "node:net";
import { createServer } from "node:https";
import os from "node:os";
import path from "node:path";
import { seen } from "../../../../commands/vpn-toggle/look";

/** How sites meet somebody outside the VPN, by real connections. */

const DOOR = { host: "sese-ai", hostname: "mayi.example.org", path: "/", status: 200 };

let keys: string;
let tls: { key: Buffer; cert: Buffer };
const servers: Server[] = [];

beforeAll(() => {
  keys = mkdtempSync(path.join(os.tmpdir(), "look-"));
  const files = ["-keyout", path.join(keys, "key"), "-out", path.join(keys, "cert")];
  const args = [
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:prime256v1",
    "-nodes",
    "-subj",
    "/CN=any",
  ];
  execFileSync("openssl", [...args, ...files], { stdio: "pipe" });
  tls = { key: readFileSync(path.join(keys, "key")), cert: readFileSync(path.join(keys, "cert")) };
});

afterAll(() => {
  for (const server of servers) server.close();
  rmSync(keys, { recursive: true });
});

/** @returns its port */
async function listening(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

const site = (status: number): Promise<number> =>
  listening(createServer(tls, (_request, response) => response.writeHead(status).end()));

test.each([
  [200, "open"],
  [302, "open"],
  [401, "open"],
  [502, "open"],
  [404, "closed"],
])("an answer of %d is a site that is %s", async (status, expected) => {
  expect(await seen(DOOR, "127.0.0.1", await site(status))).toBe(expected);
});

test("a handshake without a suite for the certificate is a closed site", async () => {
  const versions = { minVersion: "TLSv1.2", maxVersion: "TLSv1.2" } as const;
  const server = createServer({ ...tls, ...versions, ciphers: "ECDHE-RSA-AES128-GCM-SHA256" }, (_request, response) =>
    response.writeHead(200).end(),
  );
  expect(await seen(DOOR, "127.0.0.1", await listening(server))).toBe("closed");
});

test("a site that promises 404 is open with it", async () => {
  expect(await seen({ ...DOOR, status: 404 }, "127.0.0.1", await site(404))).toBe("open");
});

test("where nobody listens, it is closed", async () => {
  const server = createTcpServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  expect(await seen(DOOR, "127.0.0.1", port)).toBe("closed");
});

test("a server without a certificate for the name closes it", async () => {
  const server = createServer({ ...tls, SNICallback: (_name, done) => done(new Error("no such name")) });
  expect(await seen(DOOR, "127.0.0.1", await listening(server as unknown as Server))).toBe("closed");
});

test("a host that says nothing is not known", async () => {
  const silent = createTcpServer((socket) => void socket.on("error", () => undefined));
  const port = await listening(silent);
  const began = Date.now();
  expect(await seen(DOOR, "127.0.0.1", port)).toBe("not known");
  expect(Date.now() - began).toBeGreaterThan(9_000);
});
