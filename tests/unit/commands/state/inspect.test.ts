import { gzipSync } from "node:zlib";
import { inspectState } from "../../../../commands/state/inspect";
import { stateWith } from "./sample";

const whole = stateWith(["a", "b"]);
const altered = (change: (text: string) => string): Buffer => Buffer.from(change(whole.toString("utf8")));

test.each<[string, Buffer, string]>([
  ["truncated to nothing", Buffer.alloc(0), "is empty"],
  ["zeroed", Buffer.alloc(512), "holds nothing but 512 zero bytes"],
  ["truncated", whole.subarray(0, 100), "is cut short after 100 bytes"],
  ["cut inside a text", altered((text) => text.slice(0, text.indexOf("organization") + 3)), "is cut short after"],
  [
    "with NUL bytes",
    Buffer.concat([whole.subarray(0, 50), Buffer.alloc(9), whole.subarray(59)]),
    "holds bytes that are no text",
  ],
  [
    "flipped to no UTF-8",
    Buffer.concat([whole.subarray(0, 50), Buffer.from([0xe9]), whole.subarray(51)]),
    "holds bytes that are no text",
  ],
  ["flipped in its form", altered((text) => text.replace('"version":3,', '"version":3.')), "is no JSON"],
  [
    "flipped in a key",
    altered((text) => text.replace('"resources"', '"resourcds"').replace('"manifest"', '"manifesu"')),
    "has another form than a state (at checkpoint.latest.manifest)",
  ],
  [
    "flipped in a URN's start",
    altered((text) => text.replace("urn:pulumi", "urn:pulumh")),
    "has another form than a state (at checkpoint.latest.resources.0.urn)",
  ],
  [
    "flipped in a type",
    altered((text) => text.replace('"type":"random', '"type":"randnm')),
    "names a resource that is not of its type",
  ],
  ["no object", Buffer.from("[]"), "has another form than a state"],
  ["of a broken archive", gzipSync(whole).subarray(0, 60), "is compressed, and cannot be unpacked"],
])("T5: a state that was %s is damaged", (_how, content, words) => {
  expect(inspectState(content)).toEqual({ damage: expect.stringContaining(words) as string });
});

test("T5: what is damaged is told without a word of what is in it", () => {
  const found = inspectState(altered((text) => text.replace('"inputs":{', '"hunter2" {')));
  expect(JSON.stringify(found)).not.toContain("hunter2");
});

test("T5: a resource whose parent is not there is damage", () => {
  const orphan = altered((text) => text.replace('"inputs"', '"parent":"urn:pulumi:prod::vpai::x:y:Z::gone","inputs"'));
  expect(inspectState(orphan)).toEqual({
    damage: expect.stringMatching(/^has a resource that needs one which/) as string,
  });
});

test.each([
  ["as the engine writes it", whole],
  ["compressed", gzipSync(whole)],
])("a state %s is good", (_how, content) => {
  expect(inspectState(content)).toMatchObject({ time: "2026-02-26T08:30:00Z", pending: [], resources: [{}, {}] });
});

test.each(['{"version":3,"checkpoint":{"stack":"x","latest":null}}', "{}"])(
  "a stack that nothing was done with yet is good, and empty: %s",
  (text) => expect(inspectState(Buffer.from(text))).toMatchObject({ resources: [], time: "" }),
);

test("T5: a flip in the outermost key is damage", () => {
  expect(inspectState(altered((text) => text.replace('"checkpoint"', '"dheckpoint"')))).toEqual({
    damage: "has another form than a state (at checkpoint)",
  });
});
