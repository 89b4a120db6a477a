import path from "node:path";
import type { Lab } from "./harness/lab";
import { leftoversOf, nothingIsLeftOf } from "./harness/leftovers";
import { sharedLab } from "./harness/shared";

/** `make down` leaves nothing of the lab. */

let lab: Lab;
beforeAll(async () => {
  lab = await sharedLab();
}, 1_500_000);

test("a lab that is up is seen by what the tests below look at", async () => {
  const found = await leftoversOf(lab);
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
  await nothingIsLeftOf(lab);
});

test("down of a lab that is down succeeds and leaves nothing", async () => {
  await lab.makeSucceed("down");
  await nothingIsLeftOf(lab);
});
