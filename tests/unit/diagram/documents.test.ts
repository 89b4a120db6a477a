import { readFileSync } from "node:fs";
import path from "node:path";
import { generatedDocuments } from "../../../diagram/documents";
import { projectRoot } from "../../../toolchain/environment";

test.each(Object.entries(generatedDocuments()))("%s is current; make docs writes it", (file, content) => {
  expect(readFileSync(path.join(projectRoot, file), "utf8")).toBe(content);
});

test("the config reference tells of every kind of key", () => {
  const text = generatedDocuments()["docs/config.md"] ?? "";
  const headings = [...text.matchAll(/^## `(.+)`$/gm)].map(([, key]) => key);
  expect(new Set(headings).size).toBe(headings.length);
  expect(headings).toEqual(
    expect.arrayContaining([
      "vpai:domain",
      "vpai:hosts.<host>.machine.kind",
      "vpai:hosts.<host>.machine.hostKey",
      "vpai:hosts.<host>.machine.serverType",
      "vpai:hosts.<host>.vpnAddress",
      "vpai:overrides.<service>.memoryMiB",
    ]),
  );
  expect(text).toMatch(/## `vpai:vpnEnforce`\n\n.*\n\n- Value: true or false\n- Default: `true`\n/);
  expect(text).toMatch(/## `vpai:domain`\n\n.*\n\n- Value: a domain name.*\n- Default: none, it must be set\n/);
  expect(text).not.toMatch(/- Value: \n|undefined/);
});
