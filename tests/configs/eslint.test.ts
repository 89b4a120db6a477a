import { spawnSync } from "node:child_process";
import path from "node:path";

test("the project's own lint fails on an upward import that is planted in a file", () => {
  const eslint = ["node_modules/eslint/bin/eslint.js", "--stdin", "--stdin-filename", "model/site.ts"];
  const planted = 'import { titleOf } from "../config";\n\nexport const title = titleOf({ stack: "lab" });\n';
  const root = path.join(__dirname, "../..");
  const { status, stdout } = spawnSync(process.execPath, eslint, { cwd: root, input: planted, encoding: "utf8" });
  expect([status, stdout]).toEqual([1, expect.stringContaining("model/ imports only folders below it")]);
}, 120_000);
