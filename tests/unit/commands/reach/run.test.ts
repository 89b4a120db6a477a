import { world } from "./fake-world";
import { runReaching } from "../../../../commands/reach/run";
import type { Resource } from "../../../../commands/scope/resources";

const said: string[] = [];
beforeEach(() => {
  said.length = 0;
  jest.spyOn(console, "error").mockImplementation((text: string) => void said.push(text));
  const connection = { host: "192.0.2.1", port: 22, user: "root", hostKey: "" };
  const host = { vanishes: false, connection, services: ["n8n"] };
  world.hosts = { hub: { ...host, unreachable: "fail" }, pi: { ...host, unreachable: "defer", services: ["comfyui"] } };
  [world.looks, world.asked] = [[], []];
  world.resources = ["hub/n8n", "pi/comfyui"].map((name) => resource(name));
});
afterEach(() => {
  delete process.env["VPAI_LEFT_HOSTS"];
});

const resource = (name: string, op = "update"): Resource => ({
  ...{ urn: `urn:pulumi:lab::vpai::some:Type::${name}`, type: "some:Type", name, op },
  ...{ needs: [], login: [], provider: undefined, parent: undefined, exists: true },
});

/** Runs a command. @param codes with which the engine ends, run by run */
async function run(codes: number[], given = {}, command: "up" | "refresh" = "up") {
  const calls: { args: string[] | undefined; left: string | undefined }[] = [];
  const code = await runReaching({
    ...{ stack: "lab", command, given },
    run: async (leaving) => {
      const args = await leaving();
      calls.push({ args, left: process.env["VPAI_LEFT_HOSTS"] });
      return codes.shift() ?? 0;
    },
  });
  return { code, calls };
}

const PI = "urn:pulumi:lab::vpai::some:Type::pi/comfyui";
const HUB = "urn:pulumi:lab::vpai::some:Type::hub/n8n";

test("with every host there, the engine is told nothing", async () => {
  expect(await run([0])).toEqual({ code: 0, calls: [{ args: [], left: "" }] });
  expect(said).toEqual([]);
});

test("a host that may be away is left, the program knows, a person is told, and the run succeeds", async () => {
  world.looks = [["pi"]];
  expect(await run([0])).toEqual({ code: 0, calls: [{ args: ["--exclude", PI], left: "pi" }] });
  expect(said.join("\n")).toContain("  pi: pi is silent; 1 change waits\n");
});

test("one that should not be away is left, too, and the run fails", async () => {
  world.looks = [["hub"]];
  expect(await run([0])).toEqual({ code: 1, calls: [{ args: ["--exclude", HUB], left: "hub" }] });
});

test("the engine's own failure stays what it is", async () => {
  world.looks = [["pi"], []];
  expect((await run([255])).code).toBe(255);
});

test("a host that goes away meanwhile costs one more run, without it", async () => {
  world.looks = [[], ["pi"]];
  expect(await run([255, 0])).toEqual({
    code: 0,
    calls: [
      { args: [], left: "" },
      { args: ["--exclude", PI], left: "pi" },
    ],
  });
  expect(said[0]).toContain("pi went away meanwhile");
});

test("a run that fails while every host is there is not tried again", async () => {
  expect(await run([255])).toMatchObject({ code: 255, calls: [{ args: [] }] });
});

test("hosts tell what they took back when an up begins, not after it failed, and keep it for that at a refresh", async () => {
  await run([255]);
  await run([0], {}, "refresh");
  expect(world.asked).toEqual([true, false, false]);
});

test("a run that is limited leaves the rest, and says nothing of a host that it does not concern", async () => {
  world.looks = [["pi"]];
  expect(await run([0], { SERVICE: "n8n" })).toEqual({ code: 0, calls: [{ args: ["--exclude", PI], left: "pi" }] });
  expect(said).toEqual([]);
});

test("a run that is limited to what is away does not call the engine, and says so", async () => {
  world.looks = [["pi"]];
  expect(await run([0], { HOST: "pi" })).toMatchObject({ code: 0, calls: [{ args: undefined }] });
  expect(said.join("\n")).toContain("pi is silent");
});

test("a wrong name stops the command before anything is reached", async () => {
  world.looks = [["pi"]];
  await expect(run([0], { HOST: "hob" })).rejects.toThrow("rename it to hub");
  expect(world.looks).toEqual([["pi"]]);
});
