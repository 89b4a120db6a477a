import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { shellExport, shellQuote } from "../../../toolchain/shell";
import { anyCharacter } from "../any-character";

describe("shellExport", () => {
  it("quotes what a shell would expand", () => {
    expect(shellExport("A", "x $HOME `id` 'q' \"d\" \\")).toBe(`export A='x $HOME \`id\` '\\''q'\\'' "d" \\'`);
  });

  it.each(["1A", "A B", "A;B", ""])("refuses the name %j", (name) => {
    expect(() => shellExport(name, "x")).toThrow("name of a shell variable");
  });
});

describe("shellQuote", () => {
  it("gives a shell exactly the value, whatever it contains", () => {
    const values = fc.sample(
      fc.string({ unit: anyCharacter }).filter((text) => !text.includes("\0")),
      100,
    );
    values.push("'", "''", "\n", "a\n'b'\n", "$(id)", "");
    const script = values.map((value) => `printf '%s\\0' ${shellQuote(value)}`).join("\n");
    const { stdout, status } = spawnSync("sh", ["-s"], { input: script, encoding: "utf8" });
    expect(status).toBe(0);
    expect(stdout.split("\0").slice(0, -1)).toEqual(values);
  });
});
