import fc from "fast-check";
import { COMMENT_LIMIT, renderPreview } from "../../../../commands/preview-comment/render";
import { recorded } from "./recorded";

/** A preview of many services, with text of characters of two UTF-16 units and with backticks. */
function large(services: number, linesPerFile: number) {
  const type = "pulumi-nodejs:dynamic/vpai/host:RemoteFile";
  const content = Array.from({ length: linesPerFile }, (_, index) => `line ${index} 😀😀😀 \`\`\`\` </details>`).join(
    "\n",
  );
  return {
    steps: Array.from({ length: services }, (_, index) => {
      const urn = `urn:pulumi:prod::vpai::${type}::host-${index % 7}/service-${index}/file`;
      return { op: "create", urn, newState: { urn, type, custom: true, inputs: { content, path: `/opt/${index}` } } };
    }),
  };
}

/** Fences and tags that are open at the end: both must be none. */
function openAtEnd(text: string): { fence: string | undefined; details: number } {
  let fence: string | undefined;
  let details = 0;
  for (const line of text.split("\n")) {
    const [found] = /^`{3,}/.exec(line) ?? [];
    if (fence === undefined) {
      fence = found;
      if (line.startsWith("<details>")) details++;
      if (line === "</details>") details--;
    } else if (line === fence) fence = undefined;
  }
  return { fence, details };
}

const NOTE = "_Cut to fit a comment. All of it: [the log of this run](https://github.test/o/r/actions/runs/7)._";
const options = { stack: "prod", runUrl: "https://github.test/o/r/actions/runs/7" };

describe("the limit", () => {
  it("is GitHub's", () => {
    expect(COMMENT_LIMIT).toBe(65536);
  });

  it("cuts the diff, keeps the summary and links to the run", () => {
    const text = renderPreview(large(60, 80), options);
    expect(text.length).toBeLessThanOrEqual(65536);
    expect(text.length).toBeGreaterThan(65536 - 500);
    expect(text).toContain("**60 to create**");
    expect(text).toContain("- **create** `service-59`: RemoteFile");
    expect(text.endsWith(`</details>\n\n${NOTE}`)).toBe(true);
    expect(openAtEnd(text)).toEqual({ fence: undefined, details: 0 });
  });

  it("cuts a summary that is too long by itself at the end of a line", () => {
    const text = renderPreview(large(3000, 1), options);
    expect(text.length).toBeLessThanOrEqual(65536);
    expect(text).toMatch(/RemoteFile\n\n_Cut to fit a comment/);
    expect(text).not.toContain("<details>");
  });

  it("names the local command where there is no run", () => {
    expect(renderPreview(large(60, 80), { stack: "prod" })).toContain("`pulumi preview --diff --stack prod`");
  });

  it("adds no note when all of it fits", () => {
    expect(renderPreview(recorded("replace"), options)).not.toContain("Cut to fit");
  });

  it("never cuts inside a block, a tag or a character, at any limit", () => {
    const previews = [recorded("replace"), recorded("error"), recorded("create"), large(8, 10)];
    fc.assert(
      fc.property(fc.constantFrom(...previews), fc.integer({ min: 300, max: 6000 }), (preview, limit) => {
        const text = renderPreview(preview, { ...options, limit });
        expect(text.length).toBeLessThanOrEqual(limit);
        expect(text.startsWith("<!-- preview:prod -->\n## Preview of `prod`")).toBe(true);
        expect(openAtEnd(text)).toEqual({ fence: undefined, details: 0 });
        expect(text).not.toMatch(/\p{Surrogate}/u);
      }),
      { numRuns: 300 },
    );
  });

  it("refuses a limit that not even the heading fits", () => {
    expect(() => renderPreview(recorded("create"), { ...options, limit: 50 })).toThrow("found 50 characters");
  });

  it("refuses a run address that is none", () => {
    expect(() => renderPreview(recorded("create"), { ...options, runUrl: "not an address" })).toThrow("Invalid URL");
  });
});
