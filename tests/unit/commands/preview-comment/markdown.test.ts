import fc from "fast-check";
import { code, fenced, shorten } from "../../../../commands/preview-comment/markdown";
import { renderPreview } from "../../../../commands/preview-comment/render";
import { madeUp } from "./recorded";

/** What a Markdown reader does with a code span: its content, or undefined if it is none from end to end. */
function contentOfSpan(text: string): string | undefined {
  const [delimiter = ""] = /^`+/.exec(text) ?? [];
  const content = text.slice(delimiter.length, -delimiter.length || undefined);
  const runs: string[] = content.match(/`+/g) ?? [];
  if (delimiter === "" || !text.endsWith(delimiter) || runs.includes(delimiter)) return undefined;
  return /^ .* $/.test(content) && content.trim() !== "" ? content.slice(1, -1) : content;
}

describe("code", () => {
  it.each([
    ["memory 1024 → 512", "`memory 1024 → 512`"],
    ["@everyone <img src=x> **b** [a](b) | c", "`@everyone <img src=x> **b** [a](b) | c`"],
    ["a`b", "``a`b``"],
    ["``` fence", "```` ``` fence ````"],
    ["`", "`` ` ``"],
    ["line\nnext", "`line\\nnext`"],
    ["admin\u202egnp", "`admin\\u202egnp`"],
    ["zero\u200bwidth", "`zero\\u200bwidth`"],
    ["bell\u0007", "`bell\\u0007`"],
    ["half \ud83d", "`half \ufffd`"],
    ["", "(empty)"],
    ["   ", "(blank)"],
  ])("%j becomes %j", (text, expected) => {
    expect(code(text)).toBe(expected);
  });

  it("is one span that gives the text back, whatever the text is", () => {
    const texts = fc
      .string({ unit: fc.constantFrom("`", " ", "a", "<", "@", "\\", "~", "|") })
      .filter((text) => text.trim() !== "");
    fc.assert(fc.property(texts, (text) => contentOfSpan(code(text)) === text));
  });
});

describe("fenced", () => {
  it("uses a fence that the content cannot close", () => {
    expect(fenced("text", ["a", "````", "</details>"])).toBe("`````text\na\n````\n</details>\n`````");
  });
});

describe("shorten", () => {
  it("cuts between characters, never inside one", () => {
    expect(shorten("ab😀cd", 4)).toBe("ab…");
    expect(shorten("ab😀cd", 5)).toBe("ab😀…");
    expect(shorten("abc", 3)).toBe("abc");
  });
});

describe("a hostile preview", () => {
  const evil = "x`</details>```\n\n# @everyone <script>alert(1)</script> ![](http://a.test/p.png)";

  /** The text without code spans and fenced blocks: what a Markdown reader would take for markup. */
  function markup(text: string): string {
    const withoutBlocks = text.replace(/^(`{3,})\w*\n[^]*?\n\1$/gm, "");
    return withoutBlocks.replace(/(?<!`)(`+)(?!`)([^]*?[^`])\1(?!`)/g, "");
  }

  it("gets nothing out of names, values, types and messages", () => {
    const preview = {
      ...madeUp({
        name: `sese-ai/${evil}`,
        op: "replace",
        from: { [evil]: evil, volumes: [{ hostPath: evil }] },
        to: { [evil]: `${evil}!`, image: evil },
      }),
      diagnostics: [{ severity: "error", message: evil, urn: `urn:pulumi:prod::vpai::a:b:C::${evil}` }],
    };
    const found = markup(renderPreview(preview, { stack: "prod", runUrl: "https://github.test/o/r/actions/runs/1" }));
    expect(found).not.toMatch(/everyone|script|http/);
    expect(found.match(/<[^>]*>/g)).toEqual([
      "<!-- preview:prod -->",
      "<details>",
      "<summary>",
      "</summary>",
      "</details>",
    ]);
  });

  it("shows a type of any spelling", () => {
    const type = `a:b:C${"`".repeat(3)}@everyone <b>`;
    expect(markup(renderPreview(madeUp({ type, op: "create", to: {} }), { stack: "prod" }))).not.toContain("everyone");
  });
});
