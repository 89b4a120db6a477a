import { layerFindings } from "../../../../commands/audit/layers";
import { implement } from "../../../../providers/implementation";
import { implementations } from "../../../../providers/resource";

interface Layer {
  options: object;
  connection: string;
}

/** What the kind of the test observes in the place of a host. */
let observed: Layer | Error | undefined;

beforeAll(() => {
  implementations["layerOfTest"] = implement<Layer, Layer>({
    version: 3,
    identity: [],
    id: () => "layer",
    ensure: (inputs) => Promise.resolve(inputs),
    observe: () => (observed instanceof Error ? Promise.reject(observed) : Promise.resolve(observed)),
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

test("a layer that was changed by hand is named by the options that are otherwise, gone or new", async () => {
  observed = { options: { MaxSessions: "99" }, connection: "now" };
  expect(await found()).toEqual([["sshd/options.MaxSessions", '"10"', '"99"']]);
  observed = { options: { MaxStartups: "1" }, connection: "now" };
  expect(await found()).toEqual([
    ["sshd/options.MaxSessions", '"10"', "nothing"],
    ["sshd/options.MaxStartups", "nothing", '"1"'],
  ]);
});

test("a layer that is gone", async () => {
  observed = undefined;
  expect(await found()).toEqual([["sshd", "what its state has", "nothing"]]);
});

test("a layer that somebody broke, so that it cannot be read", async () => {
  observed = new Error("/etc/docker/daemon.json: expected JSON");
  expect(await found()).toEqual([
    ["sshd", "what its state has", "what cannot be read: /etc/docker/daemon.json: expected JSON"],
  ]);
});

test("a layer of another program's state", async () => {
  expect(await found({ implementation: "ofTomorrow" })).toEqual([
    ["sshd", "a kind that this program has", "ofTomorrow"],
  ]);
});
