import { DEFERRED, knownOfWorkstation } from "../harness/away";
import { localDocker } from "../harness/docker";
import type { LabHost } from "../harness/host";
import type { Lab } from "../harness/lab";
import { sharedLabOfAll } from "../harness/shared";

/** A Pi with all of its services is switched off while the platform changes, there and elsewhere, and catches up. */

let lab: Lab;
let sese: LabHost;
let pi: LabHost;
/** The container that is the workstation. */
let workstation: string;
beforeAll(async () => {
  lab = await sharedLabOfAll();
  sese = await lab.host("sese-ai");
  pi = await lab.host("workstation");
  workstation = `${lab.identity.prefix}-workstation`;
}, 2_700_000);
afterAll(async () => {
  await localDocker("start", workstation);
  await lab.pulumi(["config", "rm", "--path", "vpai:overrides"]);
  await lab.makeSucceed("up");
}, 900_000);

/** Memory limits that differ from the platform's: of a container on Sese-AI; of a container, the gateway and a unit on the Pi. */
const MEMORY_MIB = { redis: 280, comfyui: 4200, "caddy-workstation": 140, opencode: 1100 };

const memoryOf = async (host: LabHost, container: string): Promise<number> =>
  (await host.container(container)).HostConfig.Memory / 2 ** 20;

const memoryOfUnit = async (unit: string): Promise<number> =>
  Number(await pi.output(["systemctl", "show", "--property", "MemoryMax", "--value", unit])) / 2 ** 20;

describe("with the workstation switched off", () => {
  let before: string[];
  beforeAll(async () => {
    before = await knownOfWorkstation(lab);
    await localDocker("stop", workstation);
    for (const [service, memoryMiB] of Object.entries(MEMORY_MIB))
      await lab.pulumiSucceed([
        ...["config", "set", "--path", `vpai:overrides.${service}.memoryMiB`],
        String(memoryMiB),
      ]);
  }, 240_000);

  test("up deploys the others, says what is deferred, and succeeds", async () => {
    expect(before.some((urn) => urn.endsWith("::workstation/comfyui"))).toBe(true);
    const { all } = await lab.makeSucceed("up");
    expect(all).toMatch(DEFERRED);
    expect(all).toMatch(/workstation: .*; \d+ changes wait\n/);
    expect(await memoryOf(sese, "vpai_redis")).toBe(280);
    expect(await knownOfWorkstation(lab)).toEqual(before);
  }, 900_000);

  test("status has one line for it, and nothing to complain of", async () => {
    const { stdout } = await lab.makeSucceed("status");
    const lines = stdout.split("\n").filter((line) => line.startsWith("workstation"));
    expect(lines.map((line) => line.trim().split(/ {2,}/).at(-1))).toEqual(["offline"]);
  }, 300_000);

  test("switched on again, the next up catches up, and the one after is empty", async () => {
    await localDocker("start", workstation);
    const { all } = await lab.makeSucceed("up");
    expect(all).not.toContain("Deferred");
    expect(await memoryOf(pi, "workstation_comfyui")).toBe(4200);
    expect([await memoryOfUnit("caddy-workstation.service"), await memoryOfUnit("opencode.service")]).toEqual([
      140, 1100,
    ]);
    expect(await lab.up()).toEqual({});
    await lab.makeSucceed("status");
  }, 1_800_000);
});
