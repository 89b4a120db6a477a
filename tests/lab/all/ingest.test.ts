import https from "node:https";
import { eventually } from "../../eventually";
import type { LabHost } from "../harness/host";
import type { Lab } from "../harness/lab";
import { sharedLabOfAll } from "../harness/shared";
import { authorityOf } from "../harness/site";

/**
 * Metrics and logs of other hosts: who has the password writes them over the VPN, and nobody else. The test speaks the two
 * protocols as a collector does: remote write in protobuf and snappy, and Loki's JSON.
 */

/** With the VPN's doors closed to the public side, every host has to be a node. */
const ADDRESSES = { "sese-ai": "100.64.0.14", "seko-vpn": "100.64.0.9", workstation: "100.64.0.1" };
const VPN = ADDRESSES["sese-ai"];
const HOSTNAME = "ingest.vpai.test";
const METRICS = "/api/v1/write";
const LOGS = "/loki/api/v1/push";

let lab: Lab;
let host: LabHost;
let password: string;

beforeAll(async () => {
  lab = await sharedLabOfAll();
  host = await lab.host("sese-ai");
  for (const [name, address] of Object.entries(ADDRESSES))
    await lab.pulumiSucceed(["config", "set", "--path", `vpai:hosts.${name}.vpnAddress`, address]);
  await lab.pulumiSucceed(["config", "set", "vpai:vpnEnforce", "true"]);
  await lab.makeSucceed("up");
  password = (await lab.generatedSecrets())["monitoringWriteKey"] ?? "";
}, 2_700_000);

afterAll(async () => {
  await lab.pulumiSucceed(["config", "set", "vpai:vpnEnforce", "false"]);
  for (const name of Object.keys(ADDRESSES))
    await lab.pulumiSucceed(["config", "rm", "--path", `vpai:hosts.${name}.vpnAddress`]);
  await lab.makeSucceed("up");
}, 900_000);

const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))];

/** A field of protobuf that holds bytes. */
const field = (number: number, content: Buffer): Buffer =>
  Buffer.concat([Buffer.from([(number << 3) | 2, ...varint(content.length)]), content]);

const label = (name: string, value: string): Buffer =>
  field(1, Buffer.concat([field(1, Buffer.from(name)), field(2, Buffer.from(value))]));

/** One sample of one series, as Prometheus' remote write has it; snappy lets bytes stand as they are. */
function sample(name: string, labels: Readonly<Record<string, string>>, value: number): Buffer {
  const number = Buffer.alloc(9, 0x09);
  number.writeDoubleLE(value, 1);
  const point = field(2, Buffer.concat([number, Buffer.from([0x10, ...varint(Date.now())])]));
  const named = Object.entries({ __name__: name, ...labels }).map(([key, text]) => label(key, text));
  const request = field(1, Buffer.concat([...named, point]));
  return Buffer.concat([
    Buffer.from([...varint(request.length), 61 << 2, (request.length - 1) % 256, (request.length - 1) >> 8]),
    request,
  ]);
}

const line = (text: string): Buffer =>
  Buffer.from(
    JSON.stringify({ streams: [{ stream: { host: "workstation" }, values: [[`${Date.now()}000000`, text]] }] }),
  );

/** What the door answers a POST with these credentials; 0 when nothing does. It is asked from the host itself. */
async function post(address: string, path: string, body: Buffer, user?: string): Promise<number> {
  const type = path === METRICS ? "application/x-protobuf" : "application/json";
  const more = path === METRICS ? ["--header", "Content-Encoding: snappy"] : [];
  const argv = [
    ...["curl", "--silent", "--insecure", "--max-time", "10", "--output", "/dev/null", "--write-out", "%{http_code}"],
    ...["--resolve", `${HOSTNAME}:443:${address}`, "--header", `Content-Type: ${type}`, ...more],
    ...["--data-binary", "@/tmp/ingest.body", "--config", "-", `https://${HOSTNAME}${path}`],
  ];
  await host.output(["sh", "-c", "base64 -d > /tmp/ingest.body"], { stdin: body.toString("base64") });
  const { stdout } = await host.run(argv, { stdin: user === undefined ? "" : `user = "${user}"\n` });
  return Number(stdout.trim());
}

/** Asks a store over HTTP, from a container that shares its network. */
async function store(url: string): Promise<string> {
  const image = (await host.container("vpai_n8n")).Image;
  const script = "fetch(process.argv[1]).then((answer) => answer.text()).then((text) => console.log(text))";
  return host.docker("run", "--rm", "--network", "monitoring", "--entrypoint", "node", image, "-e", script, url);
}

describe.each([
  [METRICS, sample("ingest_test", { host: "seko-vpn" }, 1), 204],
  [LOGS, line("nobody"), 204],
])("%s on the VPN's door", (path, body) => {
  test.each([
    ["nothing", undefined],
    ["a wrong password", "collector:wrong"],
    ["another name", "admin:"],
    ["an empty password", "collector:"],
  ])("with %s is refused", async (_what, user) => {
    expect(await post(VPN, path, body, user)).toBe(401);
  });
});

test("a sample that the hub's collector writes is in VictoriaMetrics, with its own labels", async () => {
  const body = sample("ingest_test", { host: "seko-vpn" }, 42.5);
  expect(await post(VPN, METRICS, body, `collector:${password}`)).toBe(204);
  const query = encodeURIComponent('ingest_test{host="seko-vpn"}');
  await eventually(async () => {
    expect(await store(`http://victoriametrics:8428/api/v1/query?query=${query}`)).toContain('"42.5"');
  }, 90);
}, 180_000);

test("a line that the Pi's collector writes is in Loki", async () => {
  expect(await post(VPN, LOGS, line("told by the workstation"), `collector:${password}`)).toBe(204);
  const query = encodeURIComponent('{host="workstation"} |= "told"');
  await eventually(async () => {
    expect(await store(`http://loki:3100/loki/api/v1/query_range?query=${query}`)).toContain("told by the workstation");
  }, 90);
}, 180_000);

test.each([
  "/",
  "/api/v1/query?query=up",
  "/api/v1/import",
  "/loki/api/v1/query_range",
  "/api/v1/write/../query",
  "/metrics",
])("%s is not there, also with the password", async (path) => {
  expect(await post(VPN, path, Buffer.from(""), `collector:${password}`)).toBe(404);
});

test("from the public side there is nothing, also with the password", async () => {
  for (const path of [METRICS, LOGS]) {
    // The gateway has the certificate, for its other listener, and shows it to nobody here.
    expect(await post(host.publicAddress, path, Buffer.from(""), `collector:${password}`)).toBe(0);
  }
  const authority = await authorityOf(host);
  const asked = new Promise((resolve, reject) => {
    https
      .request(
        {
          host: host.publicAddress,
          servername: "vpai.test",
          headers: { host: HOSTNAME },
          path: METRICS,
          method: "POST",
          ca: authority,
        },
        (answer) => resolve(answer.statusCode),
      )
      .on("error", reject)
      .end();
  });
  expect([404, 421]).toContain(await asked);
});
