import "../without-sdk";
import {
  type HeadscaleKeyInputs,
  type HeadscaleKeyState,
  headscaleKeyKind,
} from "../../../../providers/resources/headscale-key";
import { newKey } from "../../../../providers/headscale/keys";
import { knownNodes, type Node } from "../../../../providers/headscale/nodes";
import { implement } from "../../../../providers/implementation";
import { type HeadscaleDeviceInputs, headscaleDeviceKind } from "../../../../providers/resources/headscale-device";
import { type HeadscaleUserInputs, headscaleUserKind } from "../../../../providers/resources/headscale-user";
import { Unreadable } from "../../../../providers/unreadable";
import { HttpContainer, type Received, type Reply } from "../http-container";

/** Headscale 0.26's REST interface, as far as it is used; the key for it is made by a command in the container. */
const API_KEY = "prefix1.s3cret";
let users: { id: string; name: string }[];
let nodes: Node[];
let keys: { key: string; user: string; reusable: boolean; used?: boolean; expiration: string }[];
let commands: string[];
let headscale: HttpContainer;

function answer({ method, path, headers, body }: Received): Reply {
  if (headers.authorization !== `Bearer ${API_KEY}`) return { status: 401, body: "Unauthorized" };
  const asked = body as { name: string; user: string; reusable: boolean; expiration: string; key: string };
  const [, node] = /^\/api\/v1\/node\/(\d+)$/.exec(path) ?? [];
  if (method === "DELETE" && node !== undefined) {
    nodes = nodes.filter(({ id }) => id !== node);
    return { status: 200, body: {} };
  }
  switch (`${method} ${path.split("?")[0] ?? ""}`) {
    case "DELETE /api/v1/apikey/prefix1":
      return { status: 200, body: {} };
    case "GET /api/v1/user":
      return { status: 200, body: { users } };
    case "POST /api/v1/user":
      users.push({ id: String(users.length + 1), name: asked.name });
      return { status: 200, body: {} };
    case "DELETE /api/v1/user/1":
      users = [];
      return { status: 200, body: {} };
    case "GET /api/v1/node":
      return { status: 200, body: { nodes } };
    case "GET /api/v1/preauthkey":
      return { status: 200, body: { preAuthKeys: keys } };
    case "POST /api/v1/preauthkey":
      keys.push({ ...asked, key: `key-${keys.length}` });
      return { status: 200, body: { preAuthKey: keys.at(-1) } };
    case "POST /api/v1/preauthkey/expire":
      keys = keys.map((one) => (one.key === asked.key ? { ...one, expiration: "past" } : one));
      return { status: 200, body: {} };
    default:
      return { status: 404 };
  }
}

let place: { connection: HttpContainer["connection"]; server: { container: string; port: number } };
const user = (): HeadscaleUserInputs => ({ ...place, user: "hosts" });
const device = (of = "people"): HeadscaleDeviceInputs => ({ ...place, user: of, node: "laptop" });
const nodeOf = (owner: string, name: string, more: Partial<Node> = {}): Node => ({
  ...{ id: String(nodes.length + 1), nodeKey: "nodekey:1", name, givenName: name, user: { name: owner } },
  ...{ ipAddresses: ["100.64.0.3"], online: true, expiry: null },
  ...more,
});
const key = (): HeadscaleKeyInputs => ({ ...place, user: "hosts", node: "sese", minutes: 60 });

beforeAll(async () => {
  headscale = await HttpContainer.start("vpn_headscale");
  headscale.reply = answer;
  const others = headscale.ssh.respond;
  headscale.ssh.respond = (argv, ...rest) => {
    if (argv[1] !== "exec") return others(argv, ...rest);
    commands.push(argv.join(" "));
    return { code: 0, stdout: JSON.stringify(API_KEY), stderr: "" };
  };
  place = { connection: headscale.connection, server: { container: "vpn_headscale", port: headscale.port } };
});

afterAll(() => headscale.stop());

beforeEach(() => {
  [users, nodes, keys, commands] = [[], [], [], []];
  headscale.forget();
});

test("a user is made once, found, and deleted while it has no nodes", async () => {
  expect(await headscaleUserKind.observe(user())).toBeUndefined();
  await headscaleUserKind.ensure(user());
  await headscaleUserKind.ensure(user());
  expect(users).toEqual([{ id: "1", name: "hosts" }]);
  expect(await headscaleUserKind.observe(user())).toEqual(user());
  nodes = [nodeOf("hosts", "sese")];
  await headscaleUserKind.remove(user());
  expect(users).toHaveLength(1);
  nodes = [];
  await headscaleUserKind.remove(user());
  expect(users).toEqual([]);
});

test("each work has an API key of its own, which no command takes and which is gone afterwards", async () => {
  await headscaleUserKind.ensure(user());
  expect(commands).toEqual([
    "docker exec vpn_headscale /ko-app/headscale apikeys create --expiration 10m --output json",
  ]);
  expect(headscale.changes().at(-1)).toBe("DELETE /api/v1/apikey/prefix1");
});

test("a pre-auth key is for one use and short-lived, stays as it is, and is expired when it goes", async () => {
  await headscaleUserKind.ensure(user());
  const begin = Date.now();
  const state = await headscaleKeyKind.ensure(key());
  expect(keys).toEqual([expect.objectContaining({ user: "1", reusable: false, ephemeral: false })]);
  const minutes = (Date.parse(state.expires) - begin) / 60_000;
  expect(minutes).toBeGreaterThanOrEqual(60);
  expect(minutes).toBeLessThan(61);
  expect(await headscaleKeyKind.observe(state)).toEqual(state);
  await headscaleKeyKind.remove(state);
  expect(keys[0]?.expiration).toBe("past");
  keys = [];
  expect(await headscaleKeyKind.observe(state)).toBeUndefined();
});

test("a key that somebody expired before its use is gone, a used or overdue one is not", async () => {
  await headscaleUserKind.ensure(user());
  const state = await headscaleKeyKind.ensure(key());
  const [made] = keys;
  if (made === undefined) throw new Error("no key was made");
  keys = [{ ...made, expiration: "2020-01-01T00:00:00Z" }];
  expect(await headscaleKeyKind.observe(state)).toBeUndefined();
  keys = [{ ...made, used: true, expiration: "2020-01-01T00:00:00Z" }];
  expect(await headscaleKeyKind.observe(state)).toEqual({ ...state, expires: "2020-01-01T00:00:00Z" });
  const overdue = "2020-01-01T00:00:00Z";
  keys = [{ ...made, expiration: overdue }];
  expect(await headscaleKeyKind.observe({ ...state, expires: overdue })).toEqual({ ...state, expires: overdue });
});

test("another key takes the place of one that was made, which is expired", async () => {
  await headscaleUserKind.ensure(user());
  const before: HeadscaleKeyState = await headscaleKeyKind.ensure(key());
  const after = await headscaleKeyKind.ensure({ ...key(), minutes: 5 }, before);
  expect(after.key).not.toBe(before.key);
  expect(keys.map(({ expiration }) => expiration === "past")).toEqual([true, false]);
});

test("without its user no key is made", async () => {
  await expect(headscaleKeyKind.ensure(key())).rejects.toThrow("expected a user hosts, found none");
});

test("a server that does not run cannot be read", async () => {
  const running = headscale.ssh.respond;
  headscale.ssh.respond = () => ({ code: 1, stdout: "", stderr: "is not running" });
  await expect(headscaleUserKind.observe(user())).rejects.toThrow(Unreadable);
  headscale.ssh.respond = running;
});

describe("a device of a person", () => {
  beforeEach(() => {
    users = [
      { id: "1", name: "people" },
      { id: "2", name: "operators" },
    ];
  });

  const left = (): string[] => nodes.map(({ givenName }) => givenName);

  test("nothing is made for it, and that it has not joined yet is no difference", async () => {
    expect(await headscaleDeviceKind.ensure(device())).toEqual(device());
    expect([keys, nodes]).toEqual([[], []]);
    expect(await headscaleDeviceKind.observe(device())).toEqual(device());
    nodes = [nodeOf("people", "laptop")];
    expect(await headscaleDeviceKind.observe(device())).toEqual(device());
  });

  test("without its user it is refused, and gone", async () => {
    users = [];
    await expect(headscaleDeviceKind.ensure(device())).rejects.toThrow("expected a user people, found none");
    expect(await headscaleDeviceKind.observe(device())).toBeUndefined();
  });

  test("its node under another user is a difference that makes another one of it", async () => {
    nodes = [nodeOf("operators", "laptop")];
    const observed = await headscaleDeviceKind.observe(device());
    expect(observed).toEqual(device("operators"));
    const olds = { ...observed, version: 1 };
    expect(await implement(headscaleDeviceKind).diff("people:laptop", olds as never, device() as never)).toMatchObject({
      replaces: ["user"],
      deleteBeforeReplace: true,
    });
    await headscaleDeviceKind.remove(device("operators"));
    expect(left()).toEqual([]);
  });

  test("taken out, its node is deleted, and no other", async () => {
    nodes = [nodeOf("people", "phone")];
    nodes.push(nodeOf("people", "laptop"));
    nodes.push(nodeOf("people", "laptop", { givenName: "laptop-0a1b2c3d" }));
    nodes.push(nodeOf("people", "laptop", { givenName: "tablet" }));
    nodes.push(nodeOf("people", "laptop-of-an-aunt"));
    nodes.push(nodeOf("operators", "laptop"));
    await headscaleDeviceKind.remove(device());
    expect(nodes.map(({ user: { name }, givenName }) => [name, givenName])).toEqual([
      ["people", "phone"],
      ["people", "tablet"],
      ["people", "laptop-of-an-aunt"],
      ["operators", "laptop"],
    ]);
    await headscaleDeviceKind.remove(device());
    expect(left()).toHaveLength(4);
  });

  test("one whose computer calls itself otherwise is known by its name in the VPN", async () => {
    nodes = [nodeOf("people", "localhost", { givenName: "laptop" })];
    await headscaleDeviceKind.remove(device());
    expect(left()).toEqual([]);
  });

  test("a key for it is for one use in the minutes that it is given, and no command has it", async () => {
    const begin = Date.now();
    const made = await newKey(place, { user: "operators", minutes: 60 });
    expect(made.key).toBe("key-0");
    expect(keys).toEqual([expect.objectContaining({ user: "2", reusable: false, ephemeral: false })]);
    const minutes = (Date.parse(made.expiration) - begin) / 60_000;
    expect(minutes).toBeGreaterThanOrEqual(60);
    expect(minutes).toBeLessThan(61);
    expect(commands.join(" ")).not.toContain("key-0");
  });

  test("nodes are told with whether they are online, and until when they are in", async () => {
    nodes = [nodeOf("people", "phone", { expiry: "0001-01-01T00:00:00Z", online: false })];
    nodes.push(nodeOf("operators", "laptop", { expiry: "2026-11-29T10:00:00Z", ipAddresses: ["100.64.0.4"] }));
    expect(await knownNodes(place)).toEqual([
      { user: "people", name: "phone", addresses: ["100.64.0.3"], online: false, expires: undefined },
      { user: "operators", name: "laptop", addresses: ["100.64.0.4"], online: true, expires: "2026-11-29T10:00:00Z" },
    ]);
  });
});
