import { parsePreview } from "../../../../commands/preview-comment/preview";

const STEP = {
  op: "create",
  urn: "urn:a",
  newState: { urn: "urn:a", type: "t", inputs: { text: 'a } { "quoted" \\' } },
};
const PREVIEW = { steps: [STEP], duration: 7 };

it.each([
  ["alone", "%"],
  ["after white space and a byte order mark", "\ufeff \n%"],
  ["after a warning", "warning: a newer version is there\n%"],
  ["before a warning", "%\nwarning: a newer version is there"],
  ["between both", "hello\r\n%\r\nbye {x}"],
  ["after an open brace and a quote", 'use {"foo\n%'],
  ["behind text in its line", "done: %bye"],
  ["after other JSON", '{"level":"warn","msg":"x"}\n[1]\n%\n{"level":"info"}'],
])("E1: finds the preview %s", (_where, text) => {
  for (const indent of [undefined, 4])
    expect(parsePreview(text.replace("%", () => JSON.stringify(PREVIEW, undefined, indent)))).toEqual(PREVIEW);
});

it.each([
  ["none", ""],
  ["other JSON", '{"level":"warn"}'],
  ["a cut one", JSON.stringify({ steps: [STEP] }).slice(0, -1)],
  ["a cut one with lines, of which a part looks like one", '{\n    "steps": [\n        {"steps": []}'],
  ["two", '{"steps":[]}\n{"steps":[]}'],
])("E1: fails where there is %s, and quotes nothing", (_what, text) => {
  expect(() => parsePreview(text)).toThrow(/^expected the output of `pulumi preview --json`, found \d+ /);
});
