import https from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { seen, type Seen } from "../../../commands/vpn-toggle/look";
import { implement } from "../../../providers/implementation";
import { headscaleNodeKind } from "../../../providers/resources/headscale-node";
import { eventually } from "../../eventually";
import { warningsOf } from "../harness/hardened";
import type { LabHost } from "../harness/host";
import { killRightAfter } from "../harness/killed-change";
import type { Lab } from "../harness/lab";
import { sharedLabOfHub } from "../harness/shared";
import { kumaSql, lastTold } from "../harness/uptime-kuma";
import { publicSideOf, VpnClient } from "../harness/vpn-client";

/** Hosts as nodes of the VPN, with real Tailscale on them and on clients, and what the policy lets through. */

const ADDRESSES: Readonly<Record<string, string>> = { "sese-ai": "100.64.0.14", "seko-vpn": "100.64.0.9" };
const [SESE, HUB] = ["100.64.0.14", "100.64.0.9"];

/** Ports: sshd's, and CouchDB's (docs/requirements.md#obsidian-sync). */
const [SSH, COUCHDB] = [22, 5984];

const REQUEST = "...USERS.map((name) => headscaleUser.request({ name }, { from: NAME })),";
const REQUESTS = `${REQUEST}
    headscaleKey.request({ user: "people", node: "phone" }, { from: NAME }),
    headscaleKey.request({ user: "people", node: "laptop" }, { from: NAME }),
    headscaleKey.request({ user: "operators", node: "pc" }, { from: NAME }),`;

let lab: Lab;
let hub: LabHost;
let sese: LabHost;
let phone: VpnClient;
/** With systemd-resolved. */
let laptop: VpnClient;
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

async function clientOf(node: string, resolver?: "systemd-resolved"): Promise<VpnClient> {
  const client = await VpnClient.start(await publicSideOf(lab, hub), node, resolver);
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

async function idOf(name: string): Promise<string> {
  return String((await nodes()).find(({ given_name: given }) => given === name)?.id);
}

async function deleteNode(name: string): Promise<void> {
  await headscale("nodes", "delete", "--force", "--identifier", await idOf(name));
}

async function expireNode(name: string): Promise<void> {
  await headscale("nodes", "expire", "--identifier", await idOf(name));
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
  laptop = await clientOf("laptop", "systemd-resolved");
}, 2_700_000);

afterAll(async () => {
  for (const client of clients) await client.remove();
  lab.restoreFiles();
  await lab.pulumiSucceed(["config", "set", "vpai:vpnEnforce", "false"]);
  await lab.pulumi(["config", "rm", "vpai:couchdbVpnEnforce"]);
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

test.each([
  ["its own resolver", () => phone],
  ["systemd-resolved", () => laptop],
])(
  "a member with %s is led to VPN-only sites, which answer",
  async (_resolver, member) => {
    expect(await member().resolve("mayi.vpai.test")).toBe(SESE);
    expect(await member().resolve("uptime.vpai.test")).toBe(HUB);
    expect(await member().resolve("singa.vpai.test")).toBe(hub.publicAddress);
    expect(await member().get("https://mayi.vpai.test/healthz")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("ok") as unknown,
    });
    expect(await member().get("https://uptime.vpai.test/dashboard")).toMatchObject({ code: 0 });
  },
  300_000,
);

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

test.each(["https://mayi.vpai.test/", "https://uptime.vpai.test/dashboard"])(
  "Uptime Kuma sees %s through the VPN, of another host or its own",
  async (url) => {
    const newest = `SELECT status FROM heartbeat WHERE monitor_id = (SELECT id FROM monitor WHERE url = '${url}') ORDER BY id DESC LIMIT 1`;
    await eventually(async () => expect(await kumaSql(hub, newest)).toEqual([{ status: 1 }]), 180);
  },
  240_000,
);

describe("couch, CouchDB's site, which Sese-AI's gateway passes on through the VPN", () => {
  const SITE = "couch.vpai.test";
  const DOOR = { host: "sese-ai", hostname: SITE, path: "/_up", status: 200 };

  /** As somebody outside of the VPN meets it. */
  const outside = (): Promise<Seen> => seen(DOOR, sese.publicAddress);

  interface Reply {
    status: number;
    headers: Record<string, string | string[] | undefined>;
  }

  /** Asks it at the public address, as an app does that runs as a page of an origin. */
  const asApp = (method: string, path: string, headers: Record<string, string>): Promise<Reply> =>
    new Promise((resolve, reject) => {
      const place = { host: sese.publicAddress, servername: SITE, rejectUnauthorized: false, agent: false } as const;
      const given = { method, path, headers: { host: SITE, ...headers }, timeout: 10_000 };
      const request = https.request({ ...place, ...given }, (answer) => {
        const { statusCode: status = 0, headers: said } = answer;
        answer.on("error", reject).on("end", () => resolve({ status, headers: said }));
        answer.resume();
      });
      request.on("timeout", () => request.destroy(new Error(`${method} ${path}: no answer within 10 s`)));
      request.on("error", reject).end();
    });

  /** What a browser asks before LiveSync's own request, which has a login and JSON. */
  const preflight = (origin: string, method: string): Promise<Reply> =>
    asApp("OPTIONS", "/obsidian_vault/_bulk_docs", {
      origin,
      "access-control-request-method": method,
      "access-control-request-headers": "authorization,content-type",
    });

  const login = async (): Promise<string> => {
    const { couchdbObsidianPassword = "" } = await lab.generatedSecrets();
    return `Basic ${Buffer.from(`obsidian:${couchdbObsidianPassword}`).toString("base64")}`;
  };

  const wordsOf = (header: string | string[] | undefined): string[] =>
    String(header)
      .toLowerCase()
      .split(",")
      .map((word) => word.trim());

  /** Names of the headers by which a browser lets a page of another origin read an answer. */
  const grantsIn = ({ headers }: Reply): string[] =>
    Object.keys(headers).filter((name) => name.startsWith("access-control-"));

  test.each(["app://obsidian.md", "capacitor://localhost", "http://localhost"])(
    "LiveSync, which comes from %s, is let through by a preflight, and reads what it is answered",
    async (origin) => {
      for (const method of ["GET", "POST", "PUT", "DELETE"]) {
        const { status, headers } = await preflight(origin, method);
        expect({ method, status, headers }).toMatchObject({
          status: 204,
          headers: { "access-control-allow-origin": origin, "access-control-allow-credentials": "true" },
        });
        expect(wordsOf(headers["access-control-allow-methods"])).toContain(method.toLowerCase());
        expect(wordsOf(headers["access-control-allow-headers"])).toEqual(
          expect.arrayContaining(["authorization", "content-type"]),
        );
      }
      const read = await asApp("GET", "/obsidian_vault", { origin, authorization: await login() });
      expect(read).toMatchObject({
        status: 200,
        headers: { "access-control-allow-origin": origin, "access-control-allow-credentials": "true" },
      });
    },
    120_000,
  );

  test.each(["https://example.net", "app://obsidian.md.example.net", "https://localhost", "null"])(
    "a page of %s is granted nothing, with the right login neither",
    async (origin) => {
      expect(grantsIn(await preflight(origin, "PUT"))).toEqual([]);
      const read = await asApp("GET", "/obsidian_vault", { origin, authorization: await login() });
      expect([read.status, grantsIn(read)]).toEqual([200, []]);
    },
    120_000,
  );

  test("a name that a service gets is Headscale's record, and a member's name, without a restart", async () => {
    const file = "platforms/vpai/services/couchdb.ts";
    const site = `answers: { at: "/_up", contains: '"status":"ok"' },
    },
`;
    const further = `${site}    { subdomain: "notes", port: PORT, access: "public", via: "sese-ai", answers: { at: "/_up" } },
`;
    const before = await hub.container("vpn_headscale");
    expect(await phone.resolve("notes.vpai.test")).toBe("");
    lab.replace(file, site, further);
    try {
      expect(await lab.up()).toMatchObject({ "seko-vpn/headscale/config/extra-records.json": "update" });
    } finally {
      lab.replace(file, further, site);
    }
    const records = await hub.output(["cat", "/opt/services/headscale/config/extra-records.json"]);
    expect(JSON.parse(records)).toContainEqual({ name: "notes.vpai.test", type: "A", value: sese.publicAddress });
    for (const member of [phone, laptop]) {
      // By the client itself: a resolver that asks too early remembers that there was no such name.
      const told = (): Promise<string> => member.tailscale("dns", "query", "notes.vpai.test");
      await eventually(async () => expect(await told()).toContain(sese.publicAddress), 30);
      expect(await member.resolve("notes.vpai.test")).toBe(sese.publicAddress);
    }
    const { Id, RestartCount, State } = await hub.container("vpn_headscale");
    expect([Id, RestartCount, State.StartedAt]).toEqual([before.Id, before.RestartCount, before.State.StartedAt]);
    // The service is as it was, and so are the names.
    await lab.up();
    await eventually(async () => expect(await phone.resolve("notes.vpai.test")).toBe(""), 60);
  }, 1_200_000);

  test("its own switch closes it to everybody else: a member is led to the VPN's door, again without a restart", async () => {
    const { StartedAt } = (await hub.container("vpn_headscale")).State;
    expect([await outside(), await phone.resolve(SITE)]).toEqual(["open", sese.publicAddress]);
    const { stdout: told } = await lab.makeSucceed("vpn-toggle SITE=couch");
    expect(told).toMatch(/^couch\.vpai\.test +sese-ai +open$/m);
    expect(told).toContain("vpai:couchdbVpnEnforce is false: ");
    expect(told).not.toContain("mayi");
    const { stdout } = await lab.makeSucceed("vpn-toggle VPN=on SITE=couch");
    expect(stdout).toMatch(/^couch\.vpai\.test +sese-ai +everybody -> members of the VPN$/m);
    expect(stdout).toMatch(/^couch\.vpai\.test +sese-ai +closed$/m);
    expect(stdout.indexOf("sese-ai: closed.")).toBeGreaterThan(-1);
    expect(stdout.indexOf("sese-ai: closed.")).toBeLessThan(stdout.indexOf("vpai:couchdbVpnEnforce is true in"));
    expect(await outside()).toBe("closed");
    await eventually(async () => expect(await phone.resolve(SITE)).toBe(SESE), 30);
    expect(await phone.get(`https://${SITE}/_up`)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('"status":"ok"') as unknown,
    });
    expect((await hub.container("vpn_headscale")).State.StartedAt).toBe(StartedAt);
    expect(await lab.preview()).toEqual({});
  }, 900_000);

  test("and opens it again, which leaves the other sites closed", async () => {
    const { stdout } = await lab.makeSucceed("vpn-toggle VPN=off SITE=couch");
    expect(stdout).toMatch(/^couch\.vpai\.test +sese-ai +open$/m);
    expect(await asApp("GET", "/_up", {})).toMatchObject({ status: 200 });
    expect(await seen({ ...DOOR, hostname: "mayi.vpai.test", path: "/healthz" }, sese.publicAddress)).toBe("closed");
    await eventually(async () => expect(await phone.resolve(SITE)).toBe(sese.publicAddress), 30);
    await eventually(async () => expect(await phone.get(`https://${SITE}/_up`)).toMatchObject({ code: 0 }), 30);
    expect(await lab.preview()).toEqual({});
  }, 900_000);
});

test("a changed policy is seen by refresh, and repaired without a restart", async () => {
  const file = "/opt/services/headscale/config/policy.json";
  const { StartedAt } = (await hub.container("vpn_headscale")).State;
  await hub.output(["sed", "-i", `s/"sese-ai:${SSH}"/"sese-ai:22,5432"/`, file]);
  await hub.output(["sh", "-c", 'kill -s HUP "$(docker inspect --format "{{.State.Pid}}" vpn_headscale)"']);
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

test.each(["seko-vpn", "sese-ai"])(
  "after a reboot of %s members reach the sites of both hosts again, and nothing is to be done",
  async (name) => {
    const began = Date.now();
    await lab.makeSucceed(`reboot HOST=${name} YES=1`);
    await eventually(async () => {
      for (const url of ["https://mayi.vpai.test/healthz", "https://uptime.vpai.test/dashboard"])
        expect(await phone.get(url)).toMatchObject({ code: 0 });
    }, 180);
    console.log(`${name}: members reach all sites ${Math.round((Date.now() - began) / 1000)} s after its reboot began`);
    expect(ours(await lab.refresh())).toEqual([]);
    expect(await lab.preview()).toEqual({});
  },
  900_000,
);

/** What the state has of a host's node. */
async function nodeInState(host: string): Promise<object> {
  const { stdout } = await lab.pulumiSucceed(["stack", "export"]);
  const { deployment } = JSON.parse(stdout) as { deployment: { resources: { urn: string; outputs?: object }[] } };
  const found = deployment.resources.find(({ urn }) => urn.endsWith(`vpai/headscale:Node::${host}/vpn-node`));
  return found?.outputs ?? {};
}

test("a client that is turned off by a run which is killed right after: logins go on, and the host turns it on again", async () => {
  const inputs = await nodeInState("sese-ai");
  await killRightAfter({ kind: ["headscale-node", "headscaleNodeKind"], inputs, then: "tailscale down" });
  const began = Date.now();
  expect(await pc.reaches(SESE, SSH)).toBe(false);
  // By the public address, which needs no VPN.
  expect(await sese.output(["echo", "in"])).toBe("in");
  console.log(`a login works ${(Date.now() - began) / 1000} s after the client was turned off`);
  await eventually(async () => expect(await pc.reaches(SESE, SSH)).toBe(true), 120);
  console.log(`and by the VPN after ${(Date.now() - began) / 1000} s`);
  expect(Date.now() - began).toBeLessThan(90_000);
  expect(await warningsOf(() => implement(headscaleNodeKind).create(inputs))).toMatch(
    /vpn-node on .*: the host took the last change back, .* UTC: no new login confirmed the change within 60 s\./,
  );
}, 900_000);

/** Seconds in which who is out has to be so everywhere. */
const OUT = 30;

test.each([
  ["deleted", () => phone, () => deleteNode("phone")],
  ["expired", () => laptop, () => expireNode("laptop")],
])(
  "after its node is %s a member reaches nothing any more, by an open connection neither",
  async (how, member, end) => {
    expect(await member().get("https://mayi.vpai.test/healthz")).toMatchObject({ code: 0 });
    const held = await member().hold(SESE);
    const began = Date.now();
    await end();
    const last = await held.ends(OUT + 10);
    console.log(
      `a member whose node was ${how}: its open connection had its last answer after ${(last - began) / 1000} s`,
    );
    expect(last - began).toBeLessThan(OUT * 1000);
    expect((await member().get("https://mayi.vpai.test/healthz")).code).not.toBe(0);
  },
  300_000,
);
