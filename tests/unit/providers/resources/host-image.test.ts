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
function host({ has, pulled = THERE }: { has: boolean; pulled?: typeof THERE }): string[][] {
  const asked: string[][] = [];
  let there = has;
  server.respond = (argv) => {
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
