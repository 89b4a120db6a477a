import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { SECTION } from "../../../../providers/firewall/scripts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "ufw-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const section = (file: string) => {
  const text = SECTION.replaceAll("/etc/ufw", folder);
  const { status, stdout } = spawnSync("sh", ["-c", text, "vpai", file], { encoding: "utf8" });
  return { status, stdout };
};

test("the rules of UFW's file are read; with UFW taken away there are none, which is drift and no error", () => {
  writeFileSync(path.join(folder, "user.rules"), "*filter\n### RULES ###\n\n-A x\n### END RULES ###\nCOMMIT\n");
  expect(section("user.rules")).toEqual({ status: 0, stdout: "### RULES ###\n\n-A x\n### END RULES ###\n" });
  expect(section("user6.rules")).toEqual({ status: 0, stdout: "" });
});
