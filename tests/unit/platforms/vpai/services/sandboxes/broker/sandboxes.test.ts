import type { Socket } from "node:net";
import type { Engine } from "../../../../../../../platforms/vpai/services/sandboxes/broker/engine";
import { Sandboxes } from "../../../../../../../platforms/vpai/services/sandboxes/broker/sandboxes";
import type { Settings } from "../../../../../../../platforms/vpai/services/sandboxes/broker/settings";

const SETTINGS: Settings = {
  listen: "/l",
  engine: "/e",
  owner: "a.test",
  image: "i",
  network: "sandbox",
  count: 2,
  memoryMiB: 512,
  cpus: 0.5,
  pids: 256,
  lifetime: 3600,
  idle: 600,
  workspaces: "/w",
};

const WISH = { Image: "i", HostConfig: { NetworkMode: "sandbox" } };

/** An engine that makes what it is asked for; `there` are its containers. */
class FakeEngine implements Engine {
  readonly there: string[] = ["left"];
  readonly asked: string[] = [];

  async ask(method: string, path: string): Promise<{ status: number; body: string }> {
    this.asked.push(`${method} ${path}`);
    if (path.startsWith("/containers/json"))
      return { status: 200, body: JSON.stringify(this.there.map((Id) => ({ Id }))) };
    if (path.startsWith("/containers/create")) {
      const id = path.split("name=openclaw-sbx-")[1] ?? "";
      this.there.push(id);
      return { status: 201, body: JSON.stringify({ Id: id }) };
    }
    if (path.endsWith("/exec")) return { status: 201, body: JSON.stringify({ Id: "c0ffee" }) };
    if (method === "DELETE") this.there.splice(this.there.indexOf(path.split(/[/?]/)[2] ?? ""), 1);
    return { status: 204, body: "" };
  }

  stream(): Socket {
    throw new Error("expected no stream");
  }
}

let engine: FakeEngine;
let sandboxes: Sandboxes;
let now: number;

beforeEach(async () => {
  engine = new FakeEngine();
  now = 1_000_000;
  sandboxes = new Sandboxes(SETTINGS, engine, "sha256:own", () => now);
  await sandboxes.sweep();
});

const make = (name: string): Promise<unknown> => sandboxes.create(`openclaw-sbx-${name}`, WISH);
const after = async (seconds: number): Promise<void> => {
  now += seconds * 1000;
  await sandboxes.tick();
};

/** Starts a command in a sandbox. @returns what ends it */
async function busy(name: string): Promise<() => void> {
  await sandboxes.command(`openclaw-sbx-${name}`, { Cmd: ["sleep", "1"] });
  const { began, ended } = sandboxes.commandOf("c0ffee");
  began();
  return ended;
}

test("what an earlier process left is removed, and asked for by the own label alone", () => {
  expect(engine.there).toEqual([]);
  expect(decodeURIComponent(engine.asked[0] ?? "")).toContain('{"label":["dev.vpai.sandbox=a.test"]}');
});

test("a third one is refused while two are in use, and none is made for it", async () => {
  await Promise.all([make("a"), make("b")]);
  await expect(make("c")).rejects.toMatchObject({
    status: 409,
    message: expect.stringContaining("at most 2") as string,
  });
  expect(engine.there).toEqual(["a", "b"]);
});

test("of three that are wanted at once, two are made", async () => {
  const results = await Promise.allSettled([make("a"), make("b"), make("c")]);
  expect(results.filter(({ status }) => status === "fulfilled").length).toBeLessThanOrEqual(2);
  expect(engine.there.length).toBeLessThanOrEqual(2);
});

test("one that was not used for half a minute makes room, one with a command does not", async () => {
  await make("a");
  await make("b");
  await busy("a");
  now += 31_000;
  await make("c");
  expect(engine.there).toEqual(["a", "c"]);
});

test("it is removed when nothing was done in it for ten minutes, and not while a command runs", async () => {
  await make("a");
  await make("b");
  const end = await busy("b");
  await after(600);
  expect(engine.there).toEqual(["b"]);
  end();
  await after(599);
  expect(engine.there).toEqual(["b"]);
  await after(1);
  expect(engine.there).toEqual([]);
});

test("it is killed after an hour, whatever runs in it", async () => {
  await make("a");
  await busy("a");
  await after(3599);
  expect(engine.there).toEqual(["a"]);
  await after(1);
  expect(engine.there).toEqual([]);
  expect(() => sandboxes.commandOf("c0ffee")).toThrow("No such exec instance");
});

test("no other container is reached, by name or by id", async () => {
  await expect(sandboxes.start("vpai_postgresql")).rejects.toMatchObject({ status: 404 });
  await expect(sandboxes.remove("left")).rejects.toMatchObject({ status: 404 });
  await expect(sandboxes.command("vpai_openclaw", {})).rejects.toMatchObject({ status: 404 });
  await expect(sandboxes.create("vpai_postgresql", WISH)).rejects.toMatchObject({ status: 403 });
  await expect(sandboxes.create("openclaw-sbx-a?x=/../", WISH)).rejects.toMatchObject({ status: 403 });
});

test("all end with the broker", async () => {
  await make("a");
  await make("b");
  await sandboxes.clear();
  expect(engine.there).toEqual([]);
});

describe("an engine that answers in another form", () => {
  const answering = (body: string) =>
    new Sandboxes(
      SETTINGS,
      { ask: () => Promise.resolve({ status: 201, body }), stream: () => engine.stream() },
      "sha256:own",
    );

  test.each([
    ["", "expected the engine's list of sandboxes, found nothing"],
    ["s3cret", "expected the engine's list of sandboxes, found 6 characters that are no JSON"],
    [
      '{"message":"s3cret"}',
      "expected the engine's list of sandboxes with a list, found another form: compare the engine's version with the platform's",
    ],
    [
      '[{"Id":7}]',
      "expected the engine's list of sandboxes with a text in Id, found another form: compare the engine's version with the platform's",
    ],
  ])("is told from one, and not quoted: %j", async (body, message) => {
    await expect(answering(body).sweep()).rejects.toThrow(new Error(message));
  });

  test.each(["[]", '{"Id":["x"]}'])("has made no sandbox: %j", async (body) => {
    const broken = answering(body);
    await expect(broken.create("openclaw-sbx-a", WISH)).rejects.toThrow(/^expected the engine's word on a new sandbox/);
    expect(broken.list()).toEqual([]);
  });
});
