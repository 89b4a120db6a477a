import { implement } from "../../../../providers/implementation";
import {
  uptimeKumaMonitorsKind as kind,
  type UptimeKumaMonitorsInputs,
} from "../../../../providers/resources/uptime-kuma-monitors";

/** What is refused before Uptime Kuma is asked; what it makes of the rest is in tests/lab/all/uptime-kuma.test.ts. */

const TOKEN = "c4".repeat(16);

const inputs = (over: Partial<UptimeKumaMonitorsInputs>): UptimeKumaMonitorsInputs => ({
  connection: { host: "192.0.2.1", port: 22, user: "root", hostKey: "" },
  server: { container: "vpn_uptime-kuma", port: 3001, user: "owner@vpai.test", password: "canary" },
  monitors: [],
  ...over,
});

const job = (name: string, interval = 93_600) => ({ name, interval, active: true });

const reasons = (over: Partial<UptimeKumaMonitorsInputs>): string[] =>
  kind.check?.(inputs(over)).map(({ property, reason }) => `${property}: ${reason}`) ?? [];

test.each<[string, Partial<UptimeKumaMonitorsInputs>, string[]]>([
  ["two jobs, each with its token", { jobs: [job("a"), job("b")], tokens: { a: TOKEN, b: TOKEN } }, []],
  [
    "two jobs of one name",
    { jobs: [job("a"), job("a")], tokens: { a: TOKEN } },
    ["monitors: expected a name for each monitor alone, found a twice"],
  ],
  ["a job without a token", { jobs: [job("a")] }, ["tokens: expected 32 letters and digits for a, found none"]],
  [
    "a token that the program would cut off",
    { jobs: [job("a")], tokens: { a: `${TOKEN}0` } },
    ["tokens: expected 32 letters and digits for a, found another text"],
  ],
  [
    "a time that the program refuses",
    { jobs: [job("a", 2_073_601)], tokens: { a: TOKEN } },
    ["jobs: expected 20 to 2073600 seconds, found 2073601 of a"],
  ],
])("%s", (_what, over, expected) => expect(reasons(over)).toEqual(expected));

test("the last watched job that goes is a change: its monitor would call for ever", async () => {
  const { diff } = implement(kind);
  const state = { ...inputs({ jobs: [job("a")], tokens: { a: TOKEN } }), version: 1 };
  expect(await diff("", state, inputs({}))).toMatchObject({ changes: true, replaces: [] });
  expect(await diff("", { ...inputs({}), version: 1 }, inputs({}))).toMatchObject({ changes: false });
});

test("no reason quotes a token", () =>
  expect(reasons({ jobs: [job("a")], tokens: { a: `${TOKEN}0` } }).join()).not.toContain(TOKEN));
