import { chmodSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { contextOf, hostViews } from "../../platforms/contexts";
import vpai from "../../platforms/vpai/platform";
import headscaleService from "../../platforms/vpai/services/headscale";
import { STACK } from "../context";
import { eventually } from "../eventually";
import { docker, image, inside, run as prefix, start, useImages } from "./harness/containers";
import { addressOf } from "./harness/stranger";
import { type HeldConnection, type Resolver, VpnClient, type VpnPlace } from "./harness/vpn-client";

/**
 * The platform's Headscale, a host of its VPN and members, all with the real programs: names that VPN-only sites have lead a member there
 * whatever resolver it has, and who is no member any more reaches nothing, by a connection that was open before neither.
 */

useImages("headscale", "caddy", "tailscale", "tailscale-resolved", "lab-host");

/** A new Headscale hands out the first address of its range first, and then the next ones. */
const [SESE, HUB] = ["100.64.0.1", "100.64.0.99"];
const ADDRESSES: Readonly<Record<string, string>> = { "sese-ai": SESE, "seko-vpn": HUB };
const PUBLIC: Readonly<Record<string, string>> = { "sese-ai": "203.0.113.14", "seko-vpn": "203.0.113.9" };

/** Seconds in which who is out has to be so everywhere. */
const OUT = 30;

const GATEWAY = `{
  admin off
  auto_https disable_redirects
}
https://singa.ewutelo.cloud {
  tls internal
  reverse_proxy headscale:8080
}
`;

/** Answers every request on a connection, as a gateway answers what comes by HTTP, and notes each connection. */
const SITE = `
import socket, threading
open("/arrived", "w").close()
def serve(client):
    open("/arrived", "a").write(".")
    for line in client.makefile("rb"):
        if line == b"\\r\\n": client.sendall(b"HTTP/1.1 308 Permanent Redirect\\r\\nContent-Length: 0\\r\\n\\r\\n")
def listen(port):
    server = socket.create_server(("", port))
    while True: threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()
for port in (80, 443, 5678): threading.Thread(target=listen, args=(port,)).start()
`;

let folder: string;
let place: VpnPlace;
const members: VpnClient[] = [];

const headscale = (...args: string[]): string => inside("headscale", "/ko-app/headscale", ...args);

const json = <T>(...args: string[]): T => JSON.parse(headscale(...args, "--output", "json")) as T;

interface Named {
  id: number;
  name: string;
}

/** Starts a computer and has it join, with a key that the server made for it. */
async function member(name: string, user: string, resolver: Resolver = "resolv.conf"): Promise<VpnClient> {
  const client = await VpnClient.start(place, name, resolver);
  const { id } = json<Named[]>("users", "list").find((one) => one.name === user) as Named;
  const { key } = json<{ key: string }>("preauthkeys", "create", "--user", String(id));
  expect(await client.join(key)).toMatchObject({ code: 0 });
  members.push(client);
  return client;
}

const nodeOf = (name: string): string => String(json<Named[]>("nodes", "list").find((one) => one.name === name)?.id);

/** How many connections have come to the host. */
const arrived = (): number => Number(inside("site", "sh", "-c", "wc -c < /arrived"));

/** Whether a member's connection comes to the host: out of the VPN, its packets go by another way, where somebody else may answer. */
async function arrives(client: VpnClient, port = 443): Promise<boolean> {
  const before = arrived();
  await client.reaches(SESE, port, 3);
  return arrived() > before;
}

/** Has Headscale go by another policy. @returns the one before */
function goBy(policy: string): string {
  const file = path.join(folder, "etc/headscale/policy.json");
  const before = readFileSync(file, "utf8");
  writeFileSync(file, policy);
  docker("kill", "--signal", "HUP", `${prefix}-headscale`);
  return before;
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), "vpn-clients-"));
  const views = hostViews(vpai).map((view) => ({
    ...view,
    ...(ADDRESSES[view.name] === undefined ? {} : { vpnAddress: ADDRESSES[view.name] }),
    ...(PUBLIC[view.name] === undefined ? {} : { publicAddress: PUBLIC[view.name] }),
  }));
  const files = headscaleService.files?.(contextOf("seko-vpn", STACK, views)) ?? [];
  for (const { path: file, content } of [...files, { path: "/Caddyfile", content: GATEWAY }]) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), content as string);
  }
  chmodSync(folder, 0o755);
  start(
    "headscale",
    image("headscale"),
    [
      ...["--network-alias", "headscale", "--volume", `${folder}/etc/headscale:/etc/headscale:ro`],
      ...["--tmpfs", "/var/lib/headscale", "--tmpfs", "/var/run/headscale"],
      ...["--env", "HEADSCALE_POLICY_PATH=/etc/headscale/policy.json"],
    ],
    "serve",
  );
  const gateway = ["--volume", `${folder}/Caddyfile:/Caddyfile:ro`, "--tmpfs", "/data", "--tmpfs", "/config"];
  start("gateway", image("caddy"), gateway, "caddy", "run", "--config", "/Caddyfile", "--adapter", "caddyfile");
  await eventually(() => headscale("users", "list"), 60);
  for (const user of ["hosts", "people"]) headscale("users", "create", user);
  const authority = await eventually(() => inside("gateway", "cat", "/data/caddy/pki/authorities/local/root.crt"));
  place = {
    ...{ prefix, network: prefix, labels: [] },
    ...{ site: "singa.ewutelo.cloud", gateway: addressOf("gateway"), authority },
  };
  const host = await member("sese", "hosts");
  expect((await host.status()).TailscaleIPs?.[0]).toBe(SESE);
  const beside = ["--network", `container:${prefix}-sese`, "--entrypoint", "python3"];
  docker("run", "--detach", "--name", `${prefix}-site`, ...beside, image("lab-host"), "-c", SITE);
}, 1_800_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** How a member finds names, whom its programs ask then, and how the membership ends. */
const WAYS = [
  [
    "phone",
    "resolv.conf",
    "100.100.100.100",
    "deleted",
    (node: string) => ["nodes", "delete", "--force", "--identifier", node],
  ],
  ["laptop", "systemd-resolved", "127.0.0.53", "expired", (node: string) => ["nodes", "expire", "--identifier", node]],
] as const;

describe.each(WAYS)("%s, a member with %s", (name, resolver, nameserver, how, end) => {
  let client: VpnClient;
  let held: HeldConnection;

  beforeAll(async () => {
    client = await member(name, "people", resolver);
  }, 120_000);

  test("finds VPN-only sites at the VPN address of their host, and public ones at its public one", async () => {
    const names = ["mayi", "uptime", "singa", "couch"].map((site) => `${site}.ewutelo.cloud`);
    expect(await client.nameserver()).toBe(nameserver);
    // In a real network the gateway's name is public, and here in a file of the client.
    const found = await Promise.all(names.map((site) => client.resolve(site)));
    expect(found).toEqual([SESE, HUB, place.gateway, PUBLIC["sese-ai"]]);
    expect(await client.resolve("sese.mesh.ewutelo.cloud")).toBe(SESE);
  }, 60_000);

  test("has a name that is new as soon as its record is in the file, without a restart of Headscale", async () => {
    const starts = (): string =>
      docker("inspect", "--format", "{{.State.StartedAt}} {{.RestartCount}}", `${prefix}-headscale`);
    const began = starts();
    const record = { name: `new-for-${name}.ewutelo.cloud`, type: "A", value: SESE };
    const file = path.join(folder, "etc/headscale/extra-records.json");
    const records = JSON.parse(readFileSync(file, "utf8")) as object[];
    // As files come to a host: written beside their place, and renamed into it.
    writeFileSync(`${file}.candidate`, JSON.stringify([...records, record]));
    renameSync(`${file}.candidate`, file);
    // By the client itself: a resolver that asks too early remembers that there was no such name.
    const told = (): Promise<string> => client.tailscale("dns", "query", record.name);
    await eventually(async () => expect(await told()).toContain(SESE), OUT);
    expect(await client.resolve(record.name)).toBe(SESE);
    expect(starts()).toBe(began);
  }, 90_000);

  test("reaches the door of those sites, and nothing else of that host", async () => {
    expect([await arrives(client), await arrives(client, 5678)]).toEqual([true, false]);
    held = await client.hold(SESE);
  }, 60_000);

  test("is refused by a narrower policy, which lets a connection go on that is open", async () => {
    const before = goBy('{ "acls": [] }');
    await eventually(async () => expect(await arrives(client)).toBe(false), OUT);
    const { answers } = held;
    await eventually(() => expect(held.answers).toBeGreaterThan(answers + 10), 20);
    goBy(before);
    await eventually(async () => expect(await arrives(client)).toBe(true), OUT);
  }, 120_000);

  test(`reaches nothing any more once its node is ${how}, by the open connection neither`, async () => {
    const began = Date.now();
    headscale(...end(nodeOf(name)));
    const last = await held.ends(OUT + 10);
    console.log(`${name}, ${how}: its open connection had its last answer after ${(last - began) / 1000} s`);
    expect(last - began).toBeLessThan(OUT * 1000);
    expect(await arrives(client)).toBe(false);
  }, 120_000);
});
