import "../without-sdk";
import { pauses } from "../pauses";
import type { Node } from "../../../../providers/headscale/nodes";
import { type HeadscaleNodeInputs, headscaleNodeKind } from "../../../../providers/resources/headscale-node";
import { Unreadable } from "../../../../providers/unreadable";
import { HttpContainer, type Received, type Reply } from "../http-container";

/** A Headscale 0.26 and a Tailscale client on one host, as far as they are used. */
let host: HttpContainer;
let nodes: Node[];
let status: { BackendState: string; TailscaleIPs: string[] | null; Self: { PublicKey: string; Online: boolean } };
/** Commands on the host, but those that only look; of a script its arguments. */
let commands: string[];
/** The next address that the server gives. */
let next: string;
let keys: number;

const API_KEY = "prefix1.s3cret";
const ADDRESS = "100.64.0.14";

const node = (more: Partial<Node>): Node => ({
  ...{ id: "1", nodeKey: "nodekey:1", name: "sese", givenName: "sese", user: { name: "hosts" } },
  ...{ ipAddresses: [ADDRESS, "fd7a:115c:a1e0::1"], online: true, expiry: null },
  ...more,
});

function answer({ method, path, headers, body }: Received): Reply {
  if (headers.authorization !== `Bearer ${API_KEY}`) return { status: 401 };
  const [, deleted = ""] = /^\/api\/v1\/node\/(\d+)$/.exec(path) ?? [];
  const [, renamed = "", name = ""] = /^\/api\/v1\/node\/(\d+)\/rename\/(.+)$/.exec(path) ?? [];
  if (method === "DELETE" && deleted !== "") nodes = nodes.filter(({ id }) => id !== deleted);
  if (renamed !== "") nodes = nodes.map((one) => (one.id === renamed ? { ...one, givenName: name } : one));
  const [, routed = ""] = /^\/api\/v1\/node\/(\d+)\/approve_routes$/.exec(path) ?? [];
  const { routes = [] } = (body ?? {}) as { routes?: string[] };
  nodes = nodes.map((one) => (one.id === routed ? { ...one, approvedRoutes: routes } : one));
  if (path === "/api/v1/node") return { status: 200, body: { nodes } };
  if (path === "/api/v1/user") return { status: 200, body: { users: [{ id: "1", name: "hosts" }] } };
  if (path === "/api/v1/preauthkey") {
    keys += 1;
    return { status: 200, body: { preAuthKey: { key: `key-${keys}`, expiration: "soon" } } };
  }
  return { status: 200, body: {} };
}

/** What `tailscale up` does: another node key, and the next address. */
function joins(): void {
  const number = String(nodes.length + 7);
  nodes.push(node({ id: number, nodeKey: `nodekey:${number}`, ipAddresses: [next] }));
  status = { BackendState: "Running", TailscaleIPs: [next], Self: { PublicKey: `nodekey:${number}`, Online: true } };
}

const OK = { code: 0, stdout: "", stderr: "" };

function respond(argv: readonly string[]): typeof OK | undefined {
  const words = argv.join(" ");
  if (words.endsWith("status --json --peers=false")) return { ...OK, stdout: JSON.stringify(status) };
  if (argv[1] === "exec") return { ...OK, stdout: JSON.stringify(API_KEY) };
  if (words.includes("docker container inspect")) return undefined;
  commands.push(argv[0] === "sh" ? argv.slice(4).join(" ") : words);
  if (words.includes(" up --reset")) joins();
  if (words.includes("docker stop")) {
    const [, id = "", address = ""] = argv.slice(-3);
    const taken = nodes.find((one) => one.ipAddresses[0] === address && one.id !== id);
    if (taken !== undefined) return { code: 46, stdout: taken.givenName, stderr: "" };
    nodes = nodes.map((one) => (one.id === id ? { ...one, ipAddresses: [address] } : one));
    status = { ...status, TailscaleIPs: [address] };
  }
  return OK;
}

const inputs = (): HeadscaleNodeInputs => ({
  connection: host.connection,
  headscale: {
    connection: host.connection,
    server: { container: "vpn_headscale", port: host.port },
    database: "/srv/db.sqlite",
  },
  ...{ url: "https://singa.example.org", user: "hosts", node: "sese", address: ADDRESS },
  ...{ command: "/usr/local/bin/tailscale", condition: "joined" },
});

beforeAll(async () => {
  host = await HttpContainer.start("vpn_headscale");
  host.reply = answer;
  const others = host.ssh.respond;
  host.ssh.respond = (argv) => respond(argv) ?? others(argv);
});

afterAll(() => host.stop());

beforeEach(() => {
  [nodes, commands, next, keys] = [[], [], "100.64.0.1", 0];
  status = { BackendState: "NeedsLogin", TailscaleIPs: null, Self: { PublicKey: "nodekey:0", Online: false } };
});

const joined = (): void => {
  nodes = [node({})];
  status = { BackendState: "Running", TailscaleIPs: [ADDRESS], Self: { PublicKey: "nodekey:1", Online: true } };
};

test("a host joins with a key of its own, which no command takes, and gets its address", async () => {
  expect(await headscaleNodeKind.ensure(inputs())).toEqual(inputs());
  expect(nodes.map(({ ipAddresses: [address] }) => address)).toEqual([ADDRESS]);
  expect(keys).toBe(1);
  const [up = "", move] = commands;
  expect(up).toContain("tailscale up --reset --force-reauth --login-server=https://singa.example.org --hostname=sese");
  expect(up).toContain("--accept-dns=false");
  expect(up).not.toContain("key-1");
  expect(move).toBe(`vpn_headscale /srv/db.sqlite 7 ${ADDRESS}`);
});

test("one that is in already is left alone", async () => {
  joined();
  await headscaleNodeKind.ensure(inputs());
  expect([commands, keys]).toEqual([[], 0]);
  expect(await headscaleNodeKind.observe(inputs())).toEqual(inputs());
});

test("a node of before, whose keys the host has lost, makes room", async () => {
  nodes = [node({ online: false })];
  await headscaleNodeKind.ensure(inputs());
  expect(nodes).toEqual([expect.objectContaining({ id: "8", givenName: "sese", ipAddresses: [ADDRESS] })]);
});

test("one that somebody has given to another user is that no more, and joins under its name and address", async () => {
  joined();
  nodes = [node({ user: { name: "people" } })];
  await headscaleNodeKind.ensure(inputs());
  expect(nodes).toEqual([expect.objectContaining({ user: { name: "hosts" }, ipAddresses: [ADDRESS] })]);
});

test("one that came to another address of the server comes again, at the one that it has", async () => {
  joined();
  nodes = [node({ online: false })];
  await headscaleNodeKind.ensure(inputs(), { ...inputs(), url: "https://singa.example.net" });
  expect(commands[0]).toContain("tailscale up --reset --force-reauth --login-server=https://singa.example.org");
});

test("the address of another node is not taken", async () => {
  nodes = [node({ name: "phone", givenName: "phone", user: { name: "people" } })];
  await expect(headscaleNodeKind.ensure(inputs())).rejects.toThrow(`${ADDRESS} to be free, found that it is phone's`);
});

test("whose address it is gets told where the server, which starts again, does not take its API key back", async () => {
  nodes = [node({ name: "phone", givenName: "phone", user: { name: "people" } })];
  host.reply = (received) => (received.method === "DELETE" ? { status: 503 } : answer(received));
  await expect(headscaleNodeKind.ensure(inputs())).rejects.toThrow(`${ADDRESS} to be free, found that it is phone's`);
  host.reply = answer;
});

test.each<[string, () => void, string]>([
  ["logged out", () => (status = { ...status, BackendState: "NeedsLogin" }), "logged out"],
  ["stopped", () => (status = { ...status, BackendState: "Stopped" }), "stopped"],
  ["offline", () => (status = { ...status, Self: { ...status.Self, Online: false } }), "offline"],
  ["at another address", () => (status = { ...status, TailscaleIPs: ["100.64.0.3"] }), "at the address 100.64.0.3"],
  ["expired", () => (nodes = [node({ expiry: "2020-01-01T00:00:00Z" })]), "expired"],
  ["a way", () => (nodes = [node({ approvedRoutes: ["0.0.0.0/0", "::/0"] })]), "a way to 0.0.0.0/0, ::/0"],
  ["renamed", () => (nodes = [node({ givenName: "other" })]), "named other"],
])("a node that is %s is a difference", async (_what, change, condition) => {
  joined();
  change();
  expect(await headscaleNodeKind.observe(inputs())).toEqual({ ...inputs(), condition });
});

test("routes that somebody approved of a node are taken back", async () => {
  joined();
  nodes = [node({ approvedRoutes: ["10.0.0.0/8"] })];
  await headscaleNodeKind.ensure(inputs());
  expect(nodes).toEqual([node({ approvedRoutes: [] })]);
  expect(await headscaleNodeKind.observe(inputs())).toEqual(inputs());
});

test("one that the server does not know any more is gone, and comes back", async () => {
  joined();
  nodes = [];
  expect(await headscaleNodeKind.observe(inputs())).toBeUndefined();
  await headscaleNodeKind.ensure(inputs());
  expect(nodes).toHaveLength(1);
});

test("removed, the host is logged out and its node deleted, others' stay", async () => {
  joined();
  nodes.push(node({ id: "2", name: "sese", user: { name: "people" } }));
  await headscaleNodeKind.remove(inputs());
  expect(commands).toEqual(["timeout 20 /usr/local/bin/tailscale logout"]);
  expect(nodes.map(({ id }) => id)).toEqual(["2"]);
});

test("one whose host does not answer any more is deleted all the same, with a warning", async () => {
  joined();
  const said = jest.spyOn(console, "error").mockImplementation();
  const began = Date.now();
  let waited = 0;
  jest.spyOn(Date, "now").mockImplementation(() => began + waited);
  pauses.mockImplementation((milliseconds) => Promise.resolve(void (waited += milliseconds)));
  await headscaleNodeKind.remove({ ...inputs(), connection: { ...host.connection, port: 1 } });
  expect([nodes, commands]).toEqual([[], []]);
  expect(said.mock.calls).toEqual([
    [
      expect.stringMatching(
        /^warning: sese is no node of the VPN any more, but its computer was not logged out: root@.* run `\/usr\/local\/bin\/tailscale logout` there\.$/,
      ),
    ],
  ]);
  expect(waited).toBeLessThanOrEqual(20_000);
  jest.restoreAllMocks();
});

test("a client that does not run cannot be read", async () => {
  const running = host.ssh.respond;
  host.ssh.respond = () => ({ code: 1, stdout: "", stderr: "failed to connect to local tailscaled" });
  await expect(headscaleNodeKind.observe(inputs())).rejects.toThrow(Unreadable);
  host.ssh.respond = running;
});
