import { setTimeout as sleep } from "node:timers/promises";
import type { LabHost } from "../harness/host";
import type { Lab } from "../harness/lab";
import { sharedLabOfHub } from "../harness/shared";
import { publicSideOf, VpnClient } from "../harness/vpn-client";

/** The hub's Headscale and real Tailscale clients, which come through its gateway with keys that the program makes. */

let lab: Lab;
let hub: LabHost;
let keys: Record<string, string>;
const clients: VpnClient[] = [];

/** Seconds that a key of one minute is certainly expired after. */
const EXPIRED = 65;
let made: number;

const REQUESTS = `...USERS.map((name) => headscaleUser.request({ name }, { from: NAME })),
    headscaleKey.request({ user: "hosts", node: "first" }, { from: NAME }),
    headscaleKey.request({ user: "people", node: "second" }, { from: NAME }),
    headscaleKey.request({ user: "hosts", node: "late", minutes: 1 }, { from: NAME }),`;

interface Exported {
  deployment: { resources: { urn: string; type: string; outputs?: Record<string, unknown> }[] };
}

/** The keys that the stack has made, by the node that each is for. @param shown whether secrets are decrypted */
async function keysIn(shown: boolean): Promise<Record<string, string>> {
  const { stdout } = await lab.pulumiSucceed(["stack", "export", ...(shown ? ["--show-secrets"] : [])]);
  const { deployment } = JSON.parse(stdout) as Exported;
  const found = deployment.resources.filter(({ type }) => type.endsWith("vpai/headscale:PreAuthKey"));
  return Object.fromEntries(
    found.map(({ outputs = {} }) => [
      String(outputs["node"]),
      JSON.parse((outputs["key"] as { plaintext?: string }).plaintext ?? '""') as string,
    ]),
  );
}

const newClient = async (name: string): Promise<VpnClient> => {
  const client = await VpnClient.start(await publicSideOf(lab, hub), name);
  clients.push(client);
  return client;
};

interface Node {
  id: number;
  name: string;
  user: { name: string };
  ip_addresses: string[];
}

const headscale = (...args: string[]): Promise<string> =>
  hub.docker("exec", "vpn_headscale", "/ko-app/headscale", ...args);

const nodes = async (): Promise<Node[]> =>
  (JSON.parse(await hub.docker("exec", "vpn_headscale", "/ko-app/headscale", "nodes", "list", "--output", "json")) as
    Node[] | null) ?? [];

beforeAll(async () => {
  lab = await sharedLabOfHub();
  hub = await lab.host("seko-vpn");
  lab.replace(
    "platforms/vpai/services/headscale.ts",
    "...USERS.map((name) => headscaleUser.request({ name }, { from: NAME })),",
    REQUESTS,
  );
  await lab.up();
  made = Date.now();
  keys = await keysIn(true);
}, 2_700_000);

afterAll(async () => {
  for (const client of clients) await client.remove();
  for (const { id } of await nodes()) await headscale("nodes", "delete", "--force", "--identifier", String(id));
  lab.restoreFiles();
  await lab.pulumi(["config", "rm", "vpai:devices"]);
  await lab.up();
}, 600_000);

test("the state keeps the keys encrypted, and a second up makes no others", async () => {
  expect(Object.keys(keys).sort()).toEqual(["first", "late", "second"]);
  for (const key of Object.values(keys)) expect(key).toMatch(/^[0-9a-f]{48}$/);
  expect(await keysIn(false)).toEqual({ first: "", second: "", late: "" });
  expect(await lab.up()).toEqual({});
}, 300_000);

test("a client registers with its key, for the user that the key is of", async () => {
  const client = await newClient("first");
  expect(await client.join(keys["first"] ?? "")).toMatchObject({ code: 0 });
  const { BackendState, TailscaleIPs, Self } = await client.status();
  expect([BackendState, Self.HostName]).toEqual(["Running", "first"]);
  expect(TailscaleIPs?.[0]).toMatch(/^100\.64\.\d+\.\d+$/);
  expect(await nodes()).toEqual([
    expect.objectContaining({
      name: "first",
      ip_addresses: TailscaleIPs,
      user: expect.objectContaining({ name: "hosts" }) as unknown,
    }),
  ]);
}, 300_000);

test("two clients do not reach each other, as no host is a node yet, and are told the platform's names", async () => {
  const second = await newClient("second");
  expect(await second.join(keys["second"] ?? "")).toMatchObject({ code: 0 });
  const [own = ""] = (await clients[0]?.status())?.TailscaleIPs ?? [];
  // A policy without rules lets nothing through; its nodes are told of each other all the same.
  for (const port of [22, 80, 443, 5984]) expect([port, await second.reaches(own, port)]).toEqual([port, false]);
  // By the hub's own relay, whose connection the gateway upgrades.
  const map = JSON.parse(await second.tailscale("debug", "derp-map")) as {
    Regions: Record<string, { Nodes: { HostName: string }[] }>;
  };
  const derp = map.Regions["999"]?.Nodes[0];
  expect(derp?.HostName).toBe("singa.vpai.test");
  expect(await second.tailscale("netcheck")).toMatch(/- vpai: \d/);
  const answer = await second.tailscale("dns", "query", "singa.vpai.test");
  expect(answer).toContain(hub.publicAddress);
}, 300_000);

test("a key that was used is refused", async () => {
  const thief = await newClient("thief");
  const { code, all } = await thief.join(keys["first"] ?? "");
  expect({ code, all }).toMatchObject({ code: 1, all: expect.stringMatching(/authkey already used/i) as unknown });
  expect((await nodes()).map(({ name }) => name)).toEqual(["first", "second"]);
}, 300_000);

test("a key that has expired is refused", async () => {
  await sleep(Math.max(0, made + EXPIRED * 1000 - Date.now()));
  const late = await newClient("late");
  const { code, all } = await late.join(keys["late"] ?? "");
  expect({ code, all }).toMatchObject({ code: 1, all: expect.stringMatching(/authkey expired/i) as unknown });
  expect((await nodes()).map(({ name }) => name)).toEqual(["first", "second"]);
}, 300_000);

describe("a device that the stack's file has", () => {
  const RESOURCE = "seko-vpn/vpn-device/laptop";
  const devices = (changes: object): [string, unknown][] =>
    Object.entries(changes).filter(([name]) => name.includes("/vpn-device/"));
  const named = async (name: string): Promise<Node[]> => (await nodes()).filter((node) => node.name === name);
  const vpnKey = (...given: string[]) => lab.makeArguments(["-s", "vpn-key", ...given]);
  let laptop: VpnClient;
  let args: string[];

  test("is let in once it is brought up, and not before", async () => {
    expect(await vpnKey("DEVICE=laptop")).toMatchObject({
      code: 2,
      all: expect.stringContaining("a device of vpai:devices (none is declared), found") as unknown,
    });
    await lab.pulumiSucceed(["config", "set", "--path", "vpai:devices.laptop", "operators"]);
    expect(await vpnKey("DEVICE=laptop")).toMatchObject({
      code: 2,
      all: expect.stringContaining("run `make up STACK=lab` first") as unknown,
    });
    expect(devices(await lab.up())).toEqual([[RESOURCE, "create"]]);
    expect((await vpnKey()).stdout).toMatch(/^laptop +operators +no$/m);
    // It has not joined, which is no difference.
    expect(devices(await lab.refresh())).toEqual([]);
  }, 600_000);

  test("joins by the command that make vpn-key prints, whose key nothing keeps", async () => {
    const { code, stdout, stderr } = await vpnKey("DEVICE=laptop");
    const command =
      /^tailscale (up --login-server=https:\/\/singa\.vpai\.test --auth-key=([0-9a-f]{48}) --hostname=laptop)\n$/;
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(command) as unknown });
    expect(stderr).toMatch(
      /For laptop, a device of operators: good for one use, until \d{4}-\d\d-\d\d \d\d:\d\d UTC\./,
    );
    const [, line = "", key = ""] = command.exec(stdout) ?? [];
    args = line.split(" ");
    laptop = await newClient("laptop");
    await laptop.tailscale(...args, "--timeout=30s");
    expect((await laptop.status()).BackendState).toBe("Running");
    expect(await named("laptop")).toEqual([
      expect.objectContaining({ user: expect.objectContaining({ name: "operators" }) as unknown }),
    ]);
    const { stdout: state } = await lab.pulumiSucceed(["stack", "export", "--show-secrets"]);
    expect(state).toContain(RESOURCE);
    expect(state).not.toContain(key);
  }, 300_000);

  test("is no finding of the audit, no drift, and told with its address", async () => {
    const [address = ""] = (await laptop.status()).TailscaleIPs ?? [];
    expect((await vpnKey()).stdout).toMatch(new RegExp(`^laptop +operators +yes +${address} +yes +\\S.*$`, "m"));
    const { stdout } = await lab.makeArguments(["-s", "audit", "HOST=seko-vpn", "FORMAT=json"]);
    const { findings } = JSON.parse(stdout) as { findings: { check: string; subject: string }[] };
    expect(findings.filter(({ check, subject }) => check === "node" && subject === "laptop")).toEqual([]);
    expect(devices(await lab.refresh())).toEqual([]);
  }, 300_000);

  test("is out with the up after it is taken out of the stack's file", async () => {
    await lab.pulumiSucceed(["config", "rm", "--path", "vpai:devices.laptop"]);
    expect(devices(await lab.up())).toEqual([[RESOURCE, "delete"]]);
    expect(await named("laptop")).toEqual([]);
    // The client has its keys still, and is no node by them any more, whatever it says of itself.
    await laptop.tailscale("down");
    const withoutKey = args.filter((arg) => !arg.startsWith("--auth-key="));
    await laptop.tailscale(...withoutKey, "--timeout=20s").catch(() => undefined);
    expect(await named("laptop")).toEqual([]);
  }, 600_000);
});

test("used and expired keys are no drift, and a user that is gone comes back", async () => {
  const ours = (changes: object): [string, unknown][] =>
    Object.entries(changes)
      .filter(([name]) => name.startsWith("seko-vpn/vpn-"))
      .sort();
  expect(ours(await lab.refresh())).toEqual([]);
  // Whoever has nodes cannot be deleted; by another name it is gone all the same.
  const users = JSON.parse(await headscale("users", "list", "--output", "json")) as { id: number; name: string }[];
  const people = users.find(({ name }) => name === "people")?.id;
  await headscale("users", "rename", "--identifier", String(people), "--new-name", "persons");
  expect(ours(await lab.refresh())).toEqual([
    ["seko-vpn/vpn-key/second", "delete"],
    ["seko-vpn/vpn-user/people", "delete"],
  ]);
  expect(ours(await lab.up())).toEqual([
    ["seko-vpn/vpn-key/second", "create"],
    ["seko-vpn/vpn-user/people", "create"],
  ]);
}, 300_000);

test("what administers the VPN is not there from outside", async () => {
  for (const path of ["/api/v1/user", "/swagger", "/apple", "/windows", "/metrics", "/"]) {
    const url = `https://singa.vpai.test${path}`;
    const argv = [
      "curl",
      "-sk",
      "-o",
      "/dev/null",
      "-w",
      "%{http_code}",
      "--resolve",
      `singa.vpai.test:443:${hub.publicAddress}`,
    ];
    expect([path, await hub.output([...argv, url])]).toEqual([path, "404"]);
  }
}, 60_000);
