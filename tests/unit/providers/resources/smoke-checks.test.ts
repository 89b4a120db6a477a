import "../without-sdk";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import https from "node:https";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { type SmokeChecksInputs, smokeChecksKind as kind } from "../../../../providers/resources/smoke-checks";
import type { Answer } from "../../../../providers/ssh/transport";
import { SshServer } from "../ssh-server";
import { inspected } from "../../inspected";

let ssh: SshServer;
let site: https.Server;
let folder: string;
let inputs: SmokeChecksInputs;
let reply = { status: 200, body: "OK" };

const HOSTNAME = "mayi.vpai.test";

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), "smoke-"));
  const [key, certificate] = [path.join(folder, "key"), path.join(folder, "certificate")];
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"],
      ...["-keyout", key, "-out", certificate, "-subj", "/CN=test", "-addext", `subjectAltName=DNS:${HOSTNAME}`],
    ],
    { stdio: "ignore" },
  );
  site = https.createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (request, response) => {
    const moved = request.url === "/moved";
    response.writeHead(moved ? 302 : reply.status, moved ? { location: "/login" } : {});
    response.end(`${reply.body} for ${request.headers.host ?? ""}${request.url ?? ""}`);
  });
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  ssh = await SshServer.start();
  inputs = {
    connection: ssh.connection,
    requests: [request({})],
    authority: { container: "vpai_caddy", file: "/data/root.crt" },
    reachability: { image: "docker.io/library/postgres:18.1", networks: ["frontend", "backend"], ports: [DATABASE] },
    versions: [
      { container: "vpai_redis", test: ["redis-server", "--version"], pattern: "v=([\\d.]+)", expected: "8.0.2" },
    ],
    running: ["a"],
    patience: 0,
  };
});

afterAll(async () => {
  await ssh.stop();
  await new Promise<void>((resolve) => site.close(() => resolve()));
  rmSync(folder, { recursive: true, force: true });
});

const DATABASE = { container: "vpai_postgresql", port: 5432, networks: ["backend"] };

const request = (change: object): SmokeChecksInputs["requests"][number] => ({
  hostname: HOSTNAME,
  address: "127.0.0.1",
  port: (site.address() as net.AddressInfo).port,
  path: "/health",
  route: "the route /* to n8n",
  ...change,
});

const said = (stdout: string, code = 0): Answer => ({ code, stdout, stderr: "" });

/** A host on which everything is right: what its commands print. */
function host({ version = "Redis server v=8.0.2 sha=0", answering = ["backend"] } = {}): void {
  ssh.respond = (argv) => {
    if (argv[1] === "container")
      return said(JSON.stringify([inspected({ networks: { backend: { IPAddress: "172.20.2.9" } } })]));
    if (argv.includes("cat")) return said(readFileSync(path.join(folder, "certificate"), "utf8"));
    if (argv[1] === "exec") return said(version);
    const network = argv[argv.indexOf("--network") + 1] ?? "";
    return said(answering.includes(network) ? `${argv.at(-1) ?? ""}\n` : "");
  };
}

beforeEach(() => {
  ssh.commands.length = 0;
  reply = { status: 200, body: "OK" };
  host();
});

test("a host on which everything answers as it must passes", async () => {
  const requests = [
    request({}),
    request({ status: 200, contains: `OK for ${HOSTNAME}/health` }),
    request({ path: "/moved", status: 302 }),
    request({ path: "/moved", status: 302, location: "/login" }),
  ];
  expect(await kind.ensure({ ...inputs, requests })).toEqual({ ...inputs, requests });
});

test.each([
  ["a server error", { status: 502, body: "" }, {}, /expected status 200, found status 502 with " for/],
  [
    "a broken route",
    { status: 404, body: "" },
    {},
    /health at 127\.0\.0\.1:\d+, the route \/\* to n8n: expected status 200, found status 404 with " for/,
  ],
  [
    "a redirect elsewhere",
    { status: 200, body: "" },
    { path: "/moved", status: 302, location: "/sessions/new" },
    /expected status 302 to \/sessions\/new, found status 302 to \/login with/,
  ],
  [
    "another status",
    { status: 404, body: "gone" },
    { status: 200 },
    /expected status 200, found status 404 with "gone for/,
  ],
  [
    "another text",
    { status: 200, body: "no" },
    { status: 200, contains: "yes" },
    /expected status 200 with "yes", found status 200 with "no for/,
  ],
])("%s fails with the answer that came", async (_what, answer, change, message) => {
  reply = answer;
  await expect(kind.ensure({ ...inputs, requests: [request(change)] })).rejects.toThrow(message);
});

test("a certificate of another authority or for another name, and silence, are no answer", async () => {
  const trusting = { ...inputs };
  delete trusting.authority;
  await expect(kind.ensure(trusting)).rejects.toThrow(/found no answer: self-signed certificate/);
  const other = { ...inputs, requests: [request({ hostname: "llm.vpai.test" })] };
  await expect(kind.ensure(other)).rejects.toThrow(
    /https:\/\/llm\.vpai\.test\/health at 127\.0\.0\.1:\d+, .*no answer/,
  );
  await expect(kind.ensure({ ...inputs, requests: [request({ port: 1 })] })).rejects.toThrow(/found no answer/);
});

test("a closed site passes while nothing answers or nothing is found there, and fails once it is served", async () => {
  const check = (change: object) => kind.ensure({ ...inputs, requests: [request({ closed: true, ...change })] });
  await expect(check({ port: 1 })).resolves.toBeDefined();
  reply = { status: 404, body: "" };
  await expect(check({})).resolves.toBeDefined();
  reply = { status: 302, body: "login" };
  await expect(check({})).rejects.toThrow(
    /mayi\.vpai\.test\/health at 127\.0\.0\.1:\d+, the route .*: expected to be refused, as it is for the VPN only, found status 302/,
  );
});

test("S9: a closed site passes only when it was seen to be closed", async () => {
  const check = (change: object) => kind.ensure({ ...inputs, requests: [request({ closed: true, ...change })] });
  ssh.forwards = false;
  try {
    await expect(check({ port: 1 })).rejects.toThrow(
      /expected to be refused, as it is for the VPN only, could not find out: .*`AllowTcpForwarding yes`/,
    );
  } finally {
    ssh.forwards = true;
  }
});

test("S9: a closed site that is served under a certificate of anybody is not closed", async () => {
  const requests = [request({ closed: true, hostname: "llm.vpai.test" })];
  await expect(kind.ensure({ ...inputs, requests })).rejects.toThrow(/as it is for the VPN only, found status 200/);
});

test("a closed site passes while its gateway refuses the handshake itself", async () => {
  // The certificate is none that these suites can show.
  const suites = { minVersion: "TLSv1.2", maxVersion: "TLSv1.2", ciphers: "ECDHE-RSA-AES128-GCM-SHA256" } as const;
  const pair = { key: readFileSync(path.join(folder, "key")), cert: readFileSync(path.join(folder, "certificate")) };
  const gateway = https.createServer({ ...pair, ...suites }, (_request, response) => response.end());
  await new Promise<void>((resolve) => gateway.listen(0, "127.0.0.1", resolve));
  const requests = [request({ closed: true, port: (gateway.address() as net.AddressInfo).port })];
  await expect(kind.ensure({ ...inputs, requests })).resolves.toBeDefined();
  await new Promise<void>((resolve) => gateway.close(() => resolve()));
});

test("a site that comes up within its patience passes", async () => {
  reply = { status: 502, body: "" };
  setTimeout(() => (reply = { status: 200, body: "OK" }), 400);
  await expect(kind.ensure({ ...inputs, patience: 20 })).resolves.toEqual({ ...inputs, patience: 20 });
});

test("a program of another version, or that tells none, fails", async () => {
  host({ version: "Redis server v=8.0.3" });
  await expect(kind.ensure(inputs)).rejects.toThrow(
    "vpai_redis, `redis-server --version`: expected version 8.0.2, found 8.0.3",
  );
  host({ version: "command not found" });
  await expect(kind.ensure(inputs)).rejects.toThrow('found no version in "command not found"');
});

test.each([
  [
    "answers on a network that is not its own",
    ["backend", "frontend"],
    /network frontend: expected no answer, found that it accepts/,
  ],
  [
    "does not answer on its own",
    [],
    /vpai_postgresql port 5432 \(172\.20\.2\.9:5432\) .*network backend: expected it to accept/,
  ],
])("a database that %s fails", async (_what, answering, message) => {
  host({ answering });
  await expect(kind.ensure(inputs)).rejects.toThrow(message);
});

test("C7: a network that a clean-up removed is named, with what brings it back", async () => {
  const { respond } = ssh;
  ssh.respond = (argv) =>
    argv[1] === "run" && argv.includes("frontend")
      ? { code: 125, stdout: "", stderr: "docker: Error response from daemon: network frontend not found.\n" }
      : respond(argv);
  await expect(kind.ensure(inputs)).rejects.toThrow(
    "fails 1 smoke check(s):\n  the network frontend: expected it on the host, found none; run `make refresh` and " +
      "`make up`, which makes it anew",
  );
});

test("everything that is wrong is in one error", async () => {
  reply = { status: 500, body: "" };
  host({ version: "", answering: [] });
  await expect(kind.ensure(inputs)).rejects.toThrow(/127\.0\.0\.1 fails 3 smoke check\(s\):(\n {2}.*){3}$/);
});

test("the probe's own script tells an open port from closed ones", () => {
  const open = net.createServer();
  return new Promise<void>((resolve, reject) => {
    open.listen(0, "127.0.0.1", () => {
      const target = `127.0.0.1:${(open.address() as net.AddressInfo).port}`;
      kind
        .ensure(inputs)
        .then(() => {
          const argv = ssh.commands.find(([, verb]) => verb === "run") ?? [];
          const script = argv.slice(argv.indexOf("-c") + 1, -1);
          const printed = execFileSync("bash", ["-c", ...script, target, "127.0.0.1:1"], { encoding: "utf8" });
          expect(printed).toBe(`${target}\n`);
        })
        .then(resolve, reject)
        .finally(() => open.close());
    });
  });
});
