import { summaryOf } from "../../../../commands/summary/summary";

const OUTCOME = {
  failures: [
    { cause: "The platform has 1 problem:\n\n  a", raw: "error: The platform has 1 problem:\n\n  a\n", names: [] },
    { cause: "no room", raw: 'hook "look" failed: no room', names: ["sese-ai/redis/image", "sese-ai/n8n/image"] },
  ],
  left: ["sese-ai/caddy", "sese-ai/diun"],
};

test("T7: a failed run ends with what failed, and what was not reached because of it", () => {
  expect(summaryOf(OUTCOME, false)).toBe(`
What failed:
  The platform has 1 problem:

    a
  sese-ai/redis/image, sese-ai/n8n/image
    no room
Not reached because of it, and left as they are:
  sese-ai/caddy, sese-ai/diun
VERBOSE=1 adds what the engine and the hosts said word by word.`);
});

test("T7: the raw words come with VERBOSE alone", () => {
  expect(summaryOf({ failures: OUTCOME.failures.slice(1), left: [] }, true)).toBe(`
What failed:
  sese-ai/redis/image, sese-ai/n8n/image
    no room
    hook "look" failed: no room`);
});

test("a run that nobody knows anything of is not summed up", () => {
  expect(summaryOf({ failures: [], left: ["sese-ai/caddy"] }, false)).toBe("");
});
