import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { platforms } from "../../../platforms";
import { platformsIn } from "../../../platforms/platforms-in";
import { projectRoot } from "../../../toolchain/environment";

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), "platforms-"))));
afterEach(() => rmSync(folder, { recursive: true }));

test("every folder with a platform.ts is a platform, by the order of names; nothing else is", () => {
  for (const name of ["zeta", "alpha"]) {
    mkdirSync(path.join(folder, name));
    writeFileSync(path.join(folder, name, "platform.ts"), `export default { name: "${name}" };`);
  }
  mkdirSync(path.join(folder, "policies"));
  writeFileSync(path.join(folder, "policies/index.ts"), "throw new Error('loaded');");
  writeFileSync(path.join(folder, "platform.ts"), "throw new Error('loaded');");
  expect(platformsIn(folder).map(({ name }) => name)).toEqual(["alpha", "zeta"]);
});

test("a folder without any is no error", () => expect(platformsIn(folder)).toEqual([]));

test("the platforms that there are were found that way", () => {
  expect(platformsIn(path.join(projectRoot, "platforms"))).toEqual(platforms);
  expect(platforms.map(({ name }) => name)).toContain("vpai");
});
