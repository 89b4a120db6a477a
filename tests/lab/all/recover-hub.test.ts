import { eventually } from "../../eventually";
import { localDocker } from "../harness/docker";
import { Elsewhere } from "../harness/elsewhere";
import type { LabHost } from "../harness/host";
import type { Lab } from "../harness/lab";
import { sharedLabOfHub } from "../harness/shared";
import { kumaSql } from "../harness/uptime-kuma";
import { publicSideOf, VpnClient } from "../harness/vpn-client";

/**
 * The loss of the hub, which makes the copies elsewhere, and whose Headscale every node of the VPN has registered with: it comes back
 * from the bucket alone, and its nodes go on without anybody registering one again.
 */

const NOTE = `http://localhost:5984/obsidian_vault/recovered.md`;
const PKI = "/data/caddy";

let lab: Lab;
let elsewhere: Elsewhere;
let hub: LabHost;
let client: VpnClient | undefined;
let secrets: Record<string, string>;
let said: string;
/** Of Headscale, before the loss. */
let before: { nodes: Node[]; noiseKey: string };

interface Node {
  id: number;
  name: string;
  machine_key: string;
  ip_addresses: string[];
  online?: boolean;
}

const headscale = async <T>(...args: string[]): Promise<T> =>
  JSON.parse(await hub.docker("exec", "vpn_headscale", "/ko-app/headscale", ...args, "--output", "json")) as T;

const nodes = async (): Promise<Node[]> => (await headscale<Node[] | null>("nodes", "list")) ?? [];

const keyOfServer = (): Promise<string> => hub.output(["cat", "/opt/services/headscale/data/noise_private.key"]);

/** Asks CouchDB as its own user does. @returns what it answers */
async function couchdb(method: "GET" | "PUT", document = ""): Promise<string> {
  const user = `user = "obsidian:${secrets["couchdbObsidianPassword"] ?? ""}"\n`;
  const format = "{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}";
  const [address = ""] = (await hub.docker("container", "inspect", "--format", format, "vpn_couchdb")).split(" ");
  const body = method === "PUT" ? ["--data", document] : [];
  const json = ["--header", "Content-Type: application/json"];
  const argv = [
    "curl",
    "-s",
    "--request",
    method,
    ...json,
    ...body,
    "--config",
    "-",
    NOTE.replace("localhost", address),
  ];
  return hub.output(argv, { stdin: user });
}

/** Registers a computer of a person, as `headscale` itself has it done. */
async function register(): Promise<VpnClient> {
  const users = await headscale<{ id: number; name: string }[]>("users", "list");
  const person = String(users.find(({ name }) => name === "people")?.id);
  const { key } = await headscale<{ key: string }>("preauthkeys", "create", "--user", person);
  const joining = await VpnClient.start(await publicSideOf(lab, hub), "laptop");
  expect(await joining.join(key)).toMatchObject({ code: 0 });
  return joining;
}

/** Certificates of a public authority are trusted as before; the lab's authority is the gateway's own, and goes on with it. */
async function keepAuthority(): Promise<() => Promise<void>> {
  const pki = await hub.output(["docker", "exec", "vpn_gateway", "sh", "-c", `tar -C ${PKI} -c pki | base64`]);
  return async () => {
    const script = `cd ${PKI} && rm -rf pki certificates && base64 -d | tar -x`;
    await hub.output(["docker", "exec", "-i", "vpn_gateway", "sh", "-euc", script], { stdin: pki });
    await hub.docker("restart", "vpn_gateway");
  };
}

/** Takes the machine away as a fire would. */
async function lose(): Promise<void> {
  const name = `${lab.identity.prefix}-seko-vpn`;
  await localDocker("rm", "--force", "--volumes", name);
  await localDocker("volume", "rm", `${name}-docker`, `${name}-opt`);
}

beforeAll(async () => {
  lab = await sharedLabOfHub();
  elsewhere = await Elsewhere.of(lab);
  await lab.makeSucceed("up");
  hub = await lab.host("seko-vpn");
  secrets = await lab.generatedSecrets();
  client = await register();
  await couchdb("PUT", '{"type":"plain","children":[]}');
  await kumaSql(
    hub,
    "INSERT INTO monitor (name, type, url, user_id) SELECT 'mine', 'http', 'https://example.net/', id FROM user",
  );
  before = { nodes: await nodes(), noiseKey: await keyOfServer() };
  for (const job of ["backup-sese-ai", "backup-seko-vpn", "offsite"])
    await lab.makeSucceed(`run JOB=${job}`, { timeout: 600 });
  const trustAgain = await keepAuthority();
  await lose();
  const { stdout } = await lab.makeSucceed("recover HOST=seko-vpn YES=1", { timeout: 3600 });
  said = stdout;
  hub = await lab.host("seko-vpn");
  await trustAgain();
}, 7_200_000);

afterAll(async () => {
  await client?.remove();
  for (const { id } of await nodes().catch(() => []))
    await hub.docker(
      "exec",
      "vpn_headscale",
      "/ko-app/headscale",
      "nodes",
      "delete",
      "--force",
      "--identifier",
      String(id),
    );
  await elsewhere.remove();
  for (const host of await lab.hosts()) await host.run(["sh", "-c", "rm -rf /opt/*/backups /opt/vpn/data/*.before-*"]);
}, 900_000);

test("the command says what it recovers, and that everything is as it was", () => {
  console.log(said.slice(said.indexOf("host  ")));
  expect(said).toMatch(/^ {2}computer {2}does not answer; it is made anew if its provider has it no more/m);
  expect(said).toMatch(/^seko-vpn is back, with everything as it was in the set, after /m);
});

test("Headscale is the one that its nodes know, and a node goes on without a new registration", async () => {
  expect(await keyOfServer()).toBe(before.noiseKey);
  const known = (all: Node[]): unknown[] =>
    all.map(({ id, name, machine_key, ip_addresses }) => [id, name, machine_key, ip_addresses]);
  expect(known(await nodes())).toEqual(known(before.nodes));
  await eventually(async () => {
    expect((await nodes()).map(({ name, online }) => [name, online])).toEqual([["laptop", true]]);
  }, 180);
  expect((await client?.status())?.BackendState).toBe("Running");
}, 240_000);

test("notes, monitors, and the login to them are those of before", async () => {
  expect(await couchdb("GET")).toContain('"type":"plain"');
  expect(await kumaSql(hub, "SELECT url FROM monitor WHERE name = 'mine'")).toEqual([{ url: "https://example.net/" }]);
  expect(await lab.generatedSecrets()).toEqual(secrets);
});

test("a second up has nothing to do, and what is there is what the state says", async () => {
  expect(await lab.preview()).toEqual({});
  expect(await lab.refresh()).toEqual({});
  await lab.makeSucceed("status");
}, 600_000);

test("the copies elsewhere go on in the same repository", async () => {
  for (const job of ["backup-seko-vpn", "offsite"]) await lab.makeSucceed(`run JOB=${job}`, { timeout: 600 });
  const { stdout } = await lab.makeSucceed("backups");
  const row = stdout.split("\n").find((line) => /^seko-vpn +\(elsewhere\)/.test(line));
  expect(row?.split(/ {2,}/)[2]).toBe("2");
}, 1_500_000);
