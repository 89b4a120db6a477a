import "../without-sdk";
import { implement } from "../../../../providers/implementation";
import { hostImageKind } from "../../../../providers/resources/host-image";
import { SshServer } from "../ssh-server";

const REFERENCE = "docker.io/library/redis:8.0.2";
const ID = `sha256:${"a".repeat(64)}`;
const NONE = { code: 1, stdout: "", stderr: `Error response from daemon: No such image: ${REFERENCE}\n` };
const THERE = { code: 0, stdout: `${ID}\n`, stderr: "" };
const INSPECT = ["docker", "image", "inspect", "--format", "{{.Id}}", "--", REFERENCE];
const PULL = ["docker", "pull", "--quiet", "--", REFERENCE];

let server: SshServer;
beforeAll(async () => {
  server = await SshServer.start();
});
afterAll(() => server.stop());

const inputs = () => ({ connection: server.connection, reference: REFERENCE });

/** A host that has the image, or has it once it pulled it. */
function host({ has, pulled = THERE, room = "" }: { has: boolean; pulled?: typeof THERE; room?: string }): string[][] {
  const asked: string[][] = [];
  let there = has;
  server.respond = (argv) => {
    if (argv[0] === "sh") return { code: 0, stdout: room, stderr: "" };
    asked.push(argv);
    if (argv[1] === "image") return there ? THERE : NONE;
    there = pulled.code === 0;
    return pulled;
  };
  return asked;
}

test("an image that the host has is not pulled", async () => {
  const asked = host({ has: true });
  expect(await hostImageKind.ensure(inputs())).toEqual({ ...inputs(), imageId: ID });
  expect(asked).toEqual([INSPECT]);
});

test("one that it lacks is pulled", async () => {
  const asked = host({ has: false });
  expect(await hostImageKind.ensure(inputs())).toEqual({ ...inputs(), imageId: ID });
  expect(asked).toEqual([INSPECT, PULL, INSPECT]);
});

test("one that cannot be pulled: what was expected, what was found, what to do", async () => {
  host({ has: false, pulled: { code: 1, stdout: "", stderr: "manifest unknown\n" } });
  await expect(hostImageKind.ensure(inputs())).rejects.toThrow(
    'root@127.0.0.1: expected to pull the image docker.io/library/redis:8.0.2, found: docker.io has no such tag ("manifest ' +
      'unknown"): correct the tag.',
  );
});

test("C8: another login alone is no difference, and the state keeps none, older states included", async () => {
  const login = { registry: "docker.io", user: "bob", password: "canary-old", secret: "hubToken" };
  const { create, diff, update } = implement(hostImageKind);
  const asked = host({ has: true });
  const outs = (await create({ ...inputs(), login })).outs as Record<string, unknown>;
  expect(outs).toEqual({ ...inputs(), imageId: ID, version: 1 });
  for (const news of [{ ...inputs(), login: { ...login, password: "canary-new" } }, inputs()])
    expect(await diff(inputs().reference, outs, news)).toMatchObject({ changes: false, replaces: [] });
  const moved = { ...inputs(), connection: { ...server.connection, user: "admin" }, login };
  expect(await update("", outs, moved)).toEqual({ outs: { ...outs, connection: moved.connection } });
  expect(asked).toEqual([INSPECT]);
});

describe("T11: the engine's disk is looked at before a pull", () => {
  const MIB = 2 ** 20;

  test("an image of which the host has no version takes 1 GiB", async () => {
    const asked = host({ has: false, room: "free 1310719\n" });
    await expect(hostImageKind.ensure(inputs())).rejects.toThrow(
      "root@127.0.0.1: expected room on the engine's disk for the image docker.io/library/redis:8.0.2 (about 1024 MiB, and 256 MiB " +
        "to spare), found 1279 MiB: free some there (`docker system df`) or enlarge the disk, then run up again.",
    );
    expect(asked).toEqual([INSPECT]);
  });

  test("a new version is taken for a quarter larger than the largest before, on the fuller of two disks", async () => {
    const room = `has ${100 * MIB}\nhas ${200 * MIB}\nfree ${9000 * 1024}\nfree ${505 * 1024}\n`;
    host({ has: false, room });
    await expect(hostImageKind.ensure(inputs())).rejects.toThrow(
      "(about 250 MiB, and 256 MiB to spare), found 505 MiB",
    );
    host({ has: false, room: room.replace(String(505 * 1024), String(506 * 1024)) });
    expect(await hostImageKind.ensure(inputs())).toMatchObject({ imageId: ID });
  });

  test("several images share the room", async () => {
    host({ has: false, room: `has ${200 * MIB}\nfree ${700 * 1024}\n` });
    const both = await Promise.allSettled(
      ["a:1", "b:1"].map((reference) => hostImageKind.ensure({ ...inputs(), reference })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect((both.find(({ status }) => status === "rejected") as PromiseRejectedResult).reason).toMatchObject({
      message: expect.stringContaining("(about 250 MiB, beside 250 MiB of others, and 256 MiB to spare)") as string,
    });
  });
});

test("a refresh sees that it is gone, and does not take a broken engine for that", async () => {
  const state = { ...inputs(), imageId: ID };
  host({ has: true });
  expect(await hostImageKind.observe(state)).toEqual(state);
  host({ has: false });
  expect(await hostImageKind.observe(state)).toBeUndefined();
  server.respond = () => ({ code: 1, stdout: "", stderr: "Cannot connect to the Docker daemon\n" });
  await expect(hostImageKind.observe(state)).rejects.toThrow("Cannot connect to the Docker daemon");
});

test("it stays on the host when the resource goes", async () => {
  const asked = host({ has: true });
  await hostImageKind.remove({ ...inputs(), imageId: ID });
  expect(asked).toEqual([]);
});

test.each([
  ["docker.io/library/redis:8.0.2", "docker.io/library/redis"],
  [`registry.test:5000/a/b:1@${ID}`, "registry.test:5000/a/b"],
])("the resource of %s keeps its id with another version", (reference, id) => {
  expect(hostImageKind.id?.({ connection: server.connection, reference })).toBe(id);
  expect(hostImageKind.identity).toEqual([]);
});
