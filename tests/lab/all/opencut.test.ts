import { eventually } from "../../eventually";
import type { LabHost } from "../harness/host";
import type { Lab } from "../harness/lab";
import { sharedLabOfAll } from "../harness/shared";

/** What runs on demand: off after an `up`, started and stopped by hand and by whoever has the token. */

const ALL = ["opencut-postgresql", "opencut-valkey", "opencut-redis-http", "opencut"];

let lab: Lab;
let pi: LabHost;
let token: string;

beforeAll(async () => {
  lab = await sharedLabOfAll();
  pi = await lab.host("workstation");
  token = (await lab.generatedSecrets())["starterToken"] ?? "";
}, 2_700_000);

afterAll(async () => {
  await lab.make("opencut ACTION=stop");
}, 300_000);

async function states(): Promise<string[]> {
  const names = ALL.map((name) => `workstation_${name}`);
  const text = await pi.docker("container", "inspect", "--format", "{{.State.Status}}", ...names);
  return text.split("\n");
}

const isOff = (state: string): boolean => state === "created" || state === "exited";

/** A site of the workstation, as members of the VPN see it. */
async function site(name: string, path: string, options: string[] = [], config = ""): Promise<[number, string]> {
  const at = ["--resolve", `${name}.vpai.test:443:${pi.publicAddress}`, `https://${name}.vpai.test${path}`];
  const curl = ["curl", "-sk", "--max-time", "300", "-w", "\n%{http_code}", "--config", "-", ...options, ...at];
  const lines = (await pi.output(curl, { stdin: config, timeout: 320 })).split("\n");
  return [Number(lines.pop()), lines.join("\n").trimEnd()];
}

test("is off, and nothing finds fault with that", async () => {
  expect((await states()).filter((state) => !isOff(state))).toEqual([]);
  const { stdout } = await lab.makeSucceed("status");
  expect(stdout).toMatch(/^workstation +opencut +\S+ +stand-in, 2025\.7\.1 +off /m);
  expect(await lab.up()).toEqual({});
  expect((await site("opencut", "/"))[0]).toBe(502);
}, 600_000);

test("starts with its servers, healthy, and an up leaves it running", async () => {
  await lab.makeSucceed("opencut ACTION=start");
  expect(await states()).toEqual(ALL.map(() => "running"));
  expect(await site("opencut", "/api/health")).toEqual([200, "OK"]);
  expect(await lab.up()).toEqual({});
  expect(await states()).toEqual(ALL.map(() => "running"));
}, 900_000);

test("stops, and its data stay", async () => {
  await lab.makeSucceed("opencut ACTION=stop");
  expect((await states()).filter((state) => !isOff(state))).toEqual([]);
  expect(await pi.output(["ls", "/opt/workstation/data/opencut/postgresql"])).not.toBe("");
}, 300_000);

describe("the starter", () => {
  const order = (verb: string, config: string): Promise<[number, string]> =>
    site("starter", `/services/opencut/${verb}`, ["--request", "POST"], config);
  const bearer = (): string => `header = "Authorization: Bearer ${token}"\n`;

  test("does nothing for whoever has no token", async () => {
    expect((await order("start", ""))[0]).toBe(401);
    expect((await order("start", 'header = "Authorization: Bearer wrong"\n'))[0]).toBe(401);
    expect((await states()).filter((state) => !isOff(state))).toEqual([]);
  });

  test("starts and stops it for whoever has it, and nothing else", async () => {
    const [status, body] = await order("start", bearer());
    expect([status, JSON.parse(body)]).toEqual([200, { service: "opencut", running: true, healthy: true }]);
    await eventually(async () => expect((await site("opencut", "/api/health"))[0]).toBe(200), 30);
    expect((await order("stop", bearer()))[0]).toBe(200);
    expect((await states()).filter((state) => !isOff(state))).toEqual([]);
    expect((await site("starter", "/services/comfyui/stop", ["--request", "POST"], bearer()))[0]).toBe(404);
    expect((await pi.container("workstation_comfyui")).State.Status).toBe("running");
  }, 600_000);
});
