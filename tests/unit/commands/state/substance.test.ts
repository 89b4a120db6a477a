import type { StateResource } from "../../../../commands/state/inspect";
import { substanceOf, substanceOfResource } from "../../../../commands/state/substance";

const resource: StateResource = {
  urn: "urn:pulumi:prod::vpai::a:b:C::one",
  type: "a:b:C",
  dependencies: ["urn:x", "urn:y"],
  propertyDependencies: { list: ["urn:x", "urn:y"] },
  outputs: { password: { ciphertext: "v1:first" }, ports: [80, 443] },
  modified: "2026-02-26T08:30:00Z",
};

test.each<[string, object]>([
  [
    "the order of what it depends on",
    { dependencies: ["urn:y", "urn:x"], propertyDependencies: { list: ["urn:y", "urn:x"] } },
  ],
  ["a value that was encrypted anew", { outputs: { password: { ciphertext: "v1:again" }, ports: [80, 443] } }],
  ["a line of the program", { sourcePosition: "project:///index.ts#9,1", stackTrace: [{}] }],
])("a run that changes nothing may change %s", (_what, change) => {
  expect(substanceOfResource({ ...resource, ...change })).toBe(substanceOfResource(resource));
});

test.each<[string, object]>([
  ["when it was changed", { modified: "2026-02-26T09:30:00Z" }],
  ["a list's order", { outputs: { password: { ciphertext: "v1:first" }, ports: [443, 80] } }],
  ["what it depends on", { dependencies: ["urn:x"] }],
])("a resource is another one by %s", (_what, change) => {
  expect(substanceOfResource({ ...resource, ...change })).not.toBe(substanceOfResource(resource));
});

test("exactly, an encrypted value is its bytes", () => {
  const flipped = { ...resource, outputs: { password: { ciphertext: "v1:firsu" }, ports: [80, 443] } };
  expect(substanceOfResource(flipped, true)).not.toBe(substanceOfResource(resource, true));
});

test("a state is the same in another order, and another one with something pending", () => {
  const other = { ...resource, urn: "urn:pulumi:prod::vpai::a:b:C::two" };
  const state = { resources: [resource, other], time: "", pending: [] };
  expect(substanceOf({ ...state, resources: [other, resource] })).toBe(substanceOf(state));
  expect(substanceOf({ ...state, pending: [{ type: "creating" }] })).not.toBe(substanceOf(state));
});
