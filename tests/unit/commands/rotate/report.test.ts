import { faultsIn, isOver, isTaken, type Outcome, outcomeTable } from "../../../../commands/rotate/report";
import type { Verdict } from "../../../../model/proof";
import type { Service } from "../../../../model/service";

const service = (name: string) => ({ name }) as Service;
const secret = { name: "redisPassword", description: "of Redis", origin: "random" } as const;
const placed = {
  host: "sese-ai",
  service: service("redis"),
  proof: { secret, as: "the default user", command: ["x"] },
};

const outcome = (accepted: Verdict, refused?: Verdict): Outcome => ({
  name: "redisPassword",
  takers: ["redis", "litellm"].map((name) => ({ host: "sese-ai", service: service(name) })),
  takenBy: ["sese-ai/redis", "sese-ai/litellm"],
  proven: [{ placed, accepted, ...(refused === undefined ? {} : { refused }) }],
  count: { asked: 84, failed: 2 },
});

test("a table says who took a secret, what was proven, and how many requests failed", () => {
  const none = { ...outcome("accepted"), name: "kaneoAuthSecret", proven: [], count: undefined };
  expect(
    outcomeTable([outcome("accepted", "refused"), none])
      .split("\n")
      .map((line) => line.split(/ {2,}/)),
  ).toEqual([
    ["secret", "taken by", "new value", "old value", "failed requests"],
    Array.from({ length: 5 }, () => expect.stringMatching(/^-+$/) as string),
    [
      "redisPassword",
      "sese-ai/redis, sese-ai/litellm",
      "accepted (the default user of redis)",
      "refused (the default user of redis)",
      "2 of 84",
    ],
    ["kaneoAuthSecret", "sese-ai/redis, sese-ai/litellm", "no login to try", "no login to try", "no site"],
  ]);
});

test("nothing but a yes to the new value, and a no to the old one, counts", () => {
  const unclear = { unclear: "no answer" };
  expect([outcome("accepted"), outcome("refused"), outcome(unclear)].map(isTaken)).toEqual([true, false, false]);
  expect(
    [outcome("accepted", "refused"), outcome("accepted", "accepted"), outcome("accepted", unclear)].map(isOver),
  ).toEqual([true, false, false]);
  expect(isOver(outcome("accepted"))).toBe(false);
});

test("what was not proven is told", () => {
  expect(faultsIn([outcome("accepted", "refused")])).toEqual([]);
  expect(
    faultsIn([outcome("refused"), outcome("accepted", "accepted"), outcome("accepted", { unclear: "gone" })]),
  ).toEqual([
    "redisPassword, the default user of sese-ai/redis: expected the new value accepted, found refused",
    "redisPassword, the default user of sese-ai/redis: expected the old value refused, found accepted",
    "redisPassword, the default user of sese-ai/redis: expected the old value refused, found that nobody can tell: gone",
  ]);
});
