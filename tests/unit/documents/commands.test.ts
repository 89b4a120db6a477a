import { readFileSync } from "node:fs";
import path from "node:path";
import { projectRoot } from "../../../toolchain/environment";

const read = (file: string): string => readFileSync(path.join(projectRoot, file), "utf8");

const found = (text: string, expression: RegExp): string[] =>
  [...text.matchAll(expression)].map(([, name = ""]) => name);

test("the README's table has each command that the Makefile explains, once", () => {
  const explained = found(read("Makefile"), /^([a-z-]+):.*## /gm);
  expect(explained).toEqual(expect.arrayContaining(["help", "up", "vpn-toggle", "format"]));
  expect(found(read("README.md"), /^\| `make ([a-z-]+)` +\|/gm).sort()).toEqual(explained.sort());
});
