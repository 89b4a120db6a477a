import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "../../eventually";
import type { LabHost } from "../harness/host";
import type { Lab } from "../harness/lab";
import { sharedLabOfHub } from "../harness/shared";
import { authorityOf } from "../harness/site";
import { kumaSql, lastTold } from "../harness/uptime-kuma";
import { VpnClient } from "../harness/vpn-client";

/** Hosts as nodes of the VPN, with real Tailscale on them and on clients, and what the policy lets through. */

const ADDRESSES: Readonly<Record<string, string>> = { "sese-ai": "100.64.0.14", "seko-vpn": "100.64.0.9" };
const [SESE, HUB] = ["100.64.0.14", "100.64.0.9"];

/** Ports: sshd's, and CouchDB's (docs/requirements.md#obsidian-sync). */
const [SSH, COUCHDB] = [22, 5984];

const REQUEST = "...USERS.map((name) => headscaleUser.request({ name }, { from: NAME })),";
const REQUESTS = `${REQUEST}
    headscaleKey.request({ user: "people", node: "phone" }, { from: NAME }),
    headscaleKey.request({ user: "operators", node: "pc" }, { from: NAME }),`;

let lab: Lab;
let hub: LabHost;
let sese: LabHost;
let phone: VpnClient;
let pc: VpnClient;
const clients: VpnClient[] = [];

interface Exported {
  deployment: { resources: { type: string; outputs?: Record<string, unknown> }[] };
}

async function keyOf(node: string): Promise<string> {
  const { stdout } = await lab.pulumiSucceed(["stack", "export", "--show-secrets"]);
  const { deployment } = JSON.parse(stdout) as Exported;
  const found = deployment.resources.find(
    ({ type, outputs }) => type.endsWith("vpai/headscale:PreAuthKey") && outputs?.["node"] === node,
  );
  return JSON.parse((found?.outputs?.["key"] as { plaintext: string }).plaintext) as string;
}

async function clientOf(node: string): Promise<VpnClient> {
  const client = await VpnClient.start(lab, node, hub.publicAddress, await authorityOf(hub, "vpn_gateway"));
  clients.push(client);
  expect(await client.join(await keyOf(node))).toMatchObject({ code: 0 });
  return client;
}

const headscale = (...args: string[]): Promise<string> =>
  hub.docker("exec", "vpn_headscale", "/ko-app/headscale", ...args);

interface Node {
  id: number;
  given_name: string;
  ip_addresses: string[];
  user: { name: string };
}

const nodes = async (): Promise<Node[]> => JSON.parse(await headscale("nodes", "list", "--output", "json")) as Node[];

async function deleteNode(name: string): Promise<void> {
  const found = (await nodes()).find(({ given_name: given }) => given === name);
  await headscale("nodes", "delete", "--force", "--identifier", String(found?.id));
}

/** Whether a host reaches a port of another one, as its kernel sends it. */
const hostReaches = async (host: LabHost, address: string, port: number): Promise<boolean> => {
  const argv = ["timeout", "5", "bash", "-c", 'exec 3<>"/dev/tcp/$1/$2"', "reach", address, String(port)];
  return (await host.run(argv)).code === 0;
};

const ours = (changes: object): [string, unknown][] =>
  Object.entries(changes).filter(([name]) => /\/vpn-(node|policy)$/.test(name));

beforeAll(async () => {
  lab = await sharedLabOfHub();
  [hub, sese] = await Promise.all([lab.host("seko-vpn"), lab.host("sese-ai")]);
  for (const [name, address] of Object.entries(ADDRESSES))
    await lab.pulumiSucceed(["config", "set", "--path", `vpai:hosts.${name}.vpnAddress`, address]);
  await lab.pulumiSucceed(["config", "set", "vpai:vpnEnforce", "true"]);
  lab.replace("platforms/vpai/services/headscale.ts", REQUEST, REQUESTS);
  const began = Date.now();
  await lab.up();
  console.log(`two hosts became nodes in an up of ${Math.round((Date.now() - began) / 1000)} s`);
  [phone, pc] = [await clientOf("phone"), await clientOf("pc")];
}, 2_700_000);

afterAll(async () => {
  for (const client of clients) await client.remove();
  lab.restoreFiles();
  await lab.pulumiSucceed(["config", "set", "vpai:vpnEnforce", "false"]);
  for (const name of Object.keys(ADDRESSES))
    await lab.pulumiSucceed(["config", "rm", "--path", `vpai:hosts.${name}.vpnAddress`]);
  await lab.up();
  // What is no node any more is gone from the server, too.
  expect((await nodes()).filter(({ user }) => user.name === "hosts")).toEqual([]);
}, 900_000);

test("hosts are nodes at the addresses that the stack's file gives them, and a second up changes nothing", async () => {
  const found = (await nodes()).filter(({ user }) => user.name === "hosts");
  expect(Object.fromEntries(found.map(({ given_name: name, ip_addresses: [address] }) => [name, address]))).toEqual({
    seko: HUB,
    sese: SESE,
  });
  for (const [host, address] of [[hub, HUB] as const, [sese, SESE] as const]) {
    expect(await host.output(["ip", "-brief", "address", "show", "tailscale0"])).toContain(address);
    expect(await host.output(["systemctl", "is-enabled", "tailscaled"])).toBe("enabled");
  }
  expect(await lab.up()).toEqual({});
}, 600_000);

test("a member's own resolver leads to VPN-only sites, which answer", async () => {
  expect(await phone.resolve("mayi.vpai.test")).toBe(SESE);
  expect(await phone.resolve("uptime.vpai.test")).toBe(HUB);
  expect(await phone.resolve("singa.vpai.test")).toBe(hub.publicAddress);
  expect(await phone.get("https://mayi.vpai.test/healthz")).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("ok") as unknown,
  });
  expect(await phone.get("https://uptime.vpai.test/dashboard")).toMatchObject({ code: 0 });
}, 300_000);

test("what the policy does not allow is refused, from person to host and from host to host", async () => {
  expect({
    "a person's sshd": await phone.reaches(SESE, SSH),
    "an operator's sshd": await pc.reaches(SESE, SSH),
    "a person's CouchDB": await phone.reaches(HUB, COUCHDB),
    "an operator's CouchDB": await pc.reaches(HUB, COUCHDB),
    "Sese-AI's CouchDB": await hostReaches(sese, HUB, COUCHDB),
    "Sese-AI's HTTPS on the hub": await hostReaches(sese, HUB, 443),
    "Sese-AI's sshd on the hub": await hostReaches(sese, HUB, SSH),
    "the hub's HTTPS on Sese-AI": await hostReaches(hub, SESE, 443),
    "the hub's sshd on Sese-AI": await hostReaches(hub, SESE, SSH),
  }).toEqual({
    "a person's sshd": false,
    "an operator's sshd": true,
    "a person's CouchDB": false,
    "an operator's CouchDB": false,
    "Sese-AI's CouchDB": true,
    "Sese-AI's HTTPS on the hub": true,
    "Sese-AI's sshd on the hub": false,
    "the hub's HTTPS on Sese-AI": true,
    "the hub's sshd on Sese-AI": false,
  });
}, 300_000);

test("a job tells Uptime Kuma through the VPN how it ended, whatever its host's resolver knows", async () => {
  await hub.becomesHealthy(180);
  await lab.makeSucceed("run JOB=backup-sese-ai", { timeout: 300 });
  expect(await lastTold(hub, "job backup-sese-ai on sese-ai")).toBe("up: OK");
  const settings = await sese.output(["cat", "/opt/vpai/secrets/backup-sese-ai/watcher"]);
  expect(settings).toContain(`resolve = "uptime.vpai.test:443:${HUB}"`);
  await sese.output(["rm", "-rf", "/opt/vpai/backups"]);
}, 480_000);

test("Uptime Kuma sees VPN-only sites of another host through the VPN", async () => {
  const newest =
    "SELECT status FROM heartbeat WHERE monitor_id = (SELECT id FROM monitor WHERE url = 'https://mayi.vpai.test/') ORDER BY id DESC LIMIT 1";
  await eventually(async () => expect(await kumaSql(hub, newest)).toEqual([{ status: 1 }]), 180);
}, 240_000);

test("a changed policy is seen by refresh, and repaired without a restart", async () => {
  const file = "/opt/services/headscale/config/policy.json";
  const { StartedAt } = (await hub.container("vpn_headscale")).State;
  await hub.output(["sed", "-i", `s/"sese-ai:${SSH}"/"sese-ai:22,5432"/`, file]);
  await hub.docker("kill", "--signal", "HUP", "vpn_headscale");
  await sleep(2000);
  expect(ours(await lab.refresh())).toEqual([["seko-vpn/vpn-policy", "update"]]);
  expect(ours(await lab.up())).toEqual([["seko-vpn/vpn-policy", "update"]]);
  expect((await hub.container("vpn_headscale")).State.StartedAt).toBe(StartedAt);
  expect(await hub.output(["cat", file])).not.toContain("5432");
}, 600_000);

test("a host's node that was deleted by hand is seen by refresh, and comes back at its address", async () => {
  await deleteNode("sese");
  expect(ours(await lab.refresh())).toEqual([["sese-ai/vpn-node", "delete"]]);
  expect(ours(await lab.up())).toEqual([["sese-ai/vpn-node", "create"]]);
  expect((await nodes()).find(({ given_name: name }) => name === "sese")?.ip_addresses[0]).toBe(SESE);
  await eventually(
    async () => expect(await phone.get("https://mayi.vpai.test/healthz")).toMatchObject({ code: 0 }),
    60,
  );
}, 600_000);

test("one that was logged out by hand, too", async () => {
  await sese.output(["tailscale", "logout"]);
  expect(ours(await lab.refresh())).toHaveLength(1);
  expect(ours(await lab.up())).toHaveLength(1);
  expect(await sese.output(["ip", "-brief", "address", "show", "tailscale0"])).toContain(SESE);
}, 600_000);

test("after its node is deleted a member reaches nothing any more", async () => {
  expect(await phone.reaches(SESE, 443)).toBe(true);
  await deleteNode("phone");
  const began = Date.now();
  await eventually(async () => expect(await phone.reaches(SESE, 443, 2)).toBe(false), 60);
  console.log(`a deleted member is out after ${(Date.now() - began) / 1000} s at most`);
}, 300_000);
