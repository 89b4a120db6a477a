import { existsSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { eventually } from "../eventually";
import { dockerObjectsOf } from "./harness/docker";
import type { Lab } from "./harness/lab";
import { processesOf } from "./harness/processes";
import { sharedLab } from "./harness/shared";

/** `make down` leaves nothing of the lab, whatever state it finds. */

let lab: Lab;
beforeAll(async () => {
  lab = await sharedLab();
}, 1_500_000);

/** What is left of the lab on this machine: Docker objects, processes, files. */
async function leftovers(): Promise<string[]> {
  const local = path.join(lab.directory, ".vpai");
  return [
    ...(await dockerObjectsOf(lab.directory)),
    ...processesOf(lab.directory).map(({ commandLine }) => `process ${commandLine}`),
    ...readdirSync(local).flatMap((entry) => (entry === "lab" ? [`file ${path.join(local, entry)}`] : [])),
  ];
}

/** A plugin's own child notices within half a second that the plugin is gone. */
const nothingIsLeft = (): Promise<void> => eventually(async () => expect(await leftovers()).toEqual([]), 5);

test("a lab that is up is seen by what the tests below look at", async () => {
  const found = await leftovers();
  for (const host of ["sese-ai", "seko-vpn", "workstation"]) {
    expect(found).toContain(`container ${lab.identity.prefix}-${host}`);
    expect(found).toContain(`volume ${lab.identity.prefix}-${host}-docker`);
  }
  expect(found).toContain(`container ${lab.identity.prefix}-registry`);
  expect(found).toContain(`network ${lab.identity.prefix}`);
  expect(found).toContain(`file ${path.join(lab.directory, ".vpai", "lab")}`);
});

test("down leaves no container, network, volume, process or file of the lab", async () => {
  const { all } = await lab.makeSucceed("down");
  expect(all).not.toContain("could not destroy");
  await nothingIsLeft();
});

test("down of a lab that is down succeeds and leaves nothing", async () => {
  await lab.makeSucceed("down");
  await nothingIsLeft();
});

test("down takes the lab away although its state is lost", async () => {
  await lab.makeSucceed("up");
  rmSync(path.join(lab.directory, ".vpai", "lab", "state"), { recursive: true });
  const { all } = await lab.makeSucceed("down");
  expect(all).toMatch(/removed container [0-9a-f]+, which the state did not know/);
  await nothingIsLeft();
  expect(existsSync(path.join(lab.directory, ".vpai", "lab"))).toBe(false);
}, 900_000);
