import fc from "fast-check";
import { alloySyntax, Expression, type Value } from "../../../../programs/alloy/syntax";
import { anyCharacter } from "../../any-character";

/** Well-formed text of any characters, control characters among them. */
const text = fc.string({ unit: anyCharacter });

/** What Go's scanner, which is Alloy's, makes of a quoted text. */
function unquoted(literal: string): string {
  expect(literal).toMatch(/^"(?:[^"\\\n]|\\(?:[abfnrtv\\"]|u[0-9a-f]{4}|x[0-9a-f]{2}))*"$/);
  const named: Record<string, string> = { a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };
  return literal
    .slice(1, -1)
    .replace(/\\(u[0-9a-f]{4}|x[0-9a-f]{2}|.)/g, (_all, escape: string) =>
      escape.length > 1 ? String.fromCharCode(parseInt(escape.slice(1), 16)) : (named[escape] ?? escape),
    );
}

/** The one attribute of a block. */
const attribute = (value: Value): string =>
  /^block \{\n\tname = ([^]*)\n\}\n$/.exec(alloySyntax([{ type: "block", attributes: { name: value } }]))?.[1] ?? "";

test("any text is one literal on one line, and reads back as itself", () => {
  fc.assert(
    fc.property(text, (value) => {
      expect(attribute(value)).not.toContain("\n");
      expect(unquoted(attribute(value))).toBe(value);
    }),
    { numRuns: 1000 },
  );
});

test("keys of objects are quoted as texts are", () => {
  fc.assert(
    fc.property(text, text, (key, value) => {
      const [, line = ""] = attribute({ [key]: value }).split("\n");
      const [left = "", right = ""] = [
        line.trim().slice(0, JSON.stringify(key).length),
        line.trim().slice(JSON.stringify(key).length),
      ];
      expect([unquoted(left), unquoted(right.replace(/^ = /, "").replace(/,$/, ""))]).toEqual([key, value]);
    }),
  );
});

test("what a text holds opens and closes no block", () => {
  fc.assert(
    fc.property(text, (value) => {
      const rendered = alloySyntax([
        { type: "a.b", label: "c", attributes: { d: [value, { [value]: true }] }, blocks: [{ type: "e" }] },
      ]);
      const bare = rendered.replace(/"(?:[^"\\]|\\.)*"/g, '""');
      expect(bare).toBe('a.b "" {\n\td = [\n\t\t"",\n\t\t{\n\t\t\t"" = true,\n\t\t},\n\t]\n\te {\n\t}\n}\n');
    }),
  );
});

test("an expression is not quoted; numbers, truth and empty lists are themselves", () => {
  expect(attribute(new Expression('sys.env("X")'))).toBe('sys.env("X")');
  expect([attribute(5), attribute(false), attribute([]), attribute({})]).toEqual(["5", "false", "[]", "{}"]);
});

test.each([
  ["a block's name", () => alloySyntax([{ type: "a b" }])],
  ["a label", () => alloySyntax([{ type: "a", label: 'x" {}' }])],
  ["an attribute's name", () => alloySyntax([{ type: "a", attributes: { "b-c": 1 } }])],
  ["half a character", () => attribute("\ud800")],
  ["a number without a form", () => attribute(NaN)],
])("%s that the language has no form for is refused", (_what, render) => {
  expect(render).toThrow(/^Alloy's configuration: expected .*, found /);
});
