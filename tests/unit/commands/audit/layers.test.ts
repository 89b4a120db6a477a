import { layerFindings } from "../../../../commands/audit/layers";
import { implement } from "../../../../providers/implementation";
import { implementations } from "../../../../providers/resource";

/** What the kind of the test observes in the place of a host. */
let observed: { options: object; connection: string } | undefined;

beforeAll(() => {
  implementations["layerOfTest"] = implement<NonNullable<typeof observed>, NonNullable<typeof observed>>({
    version: 3,
    identity: [],
    id: () => "layer",
    ensure: (inputs) => Promise.resolve(inputs),
    observe: () => Promise.resolve(observed),
    remove: () => Promise.resolve(),
  });
});

afterAll(() => {
  delete implementations["layerOfTest"];
});

const layer = { name: "sshd", implementation: "layerOfTest", id: "layer" };
const state = { __provider: "…", version: 2, options: { MaxSessions: "10" }, connection: "then" };

const found = async (change: Partial<typeof layer> = {}) =>
  (await layerFindings("one", [{ ...layer, ...change, state }])).map(({ subject, expected, found: what }) => [
    ...[subject, expected, what],
  ]);

test("a layer that is as the last up left it", async () => {
  observed = { options: { MaxSessions: "10" }, connection: "now" };
  expect(await found()).toEqual([]);
});

test("a layer that was changed by hand", async () => {
  observed = { options: { MaxSessions: "99" }, connection: "now" };
  expect(await found()).toEqual([["sshd/options", '{"MaxSessions":"10"}', '{"MaxSessions":"99"}']]);
});

test("a layer that is gone", async () => {
  observed = undefined;
  expect(await found()).toEqual([["sshd", "what its state has", "nothing"]]);
});

test("a layer of another program's state", async () => {
  expect(await found({ implementation: "ofTomorrow" })).toEqual([
    ["sshd", "a kind that this program has", "ofTomorrow"],
  ]);
});
