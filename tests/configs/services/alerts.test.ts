import { readFileSync } from "node:fs";
import path from "node:path";
import { RULES, unittest } from "../../vmalert-tool";

/** The alerts' own unit tests (`alerts/*.yml`), run by vmalert's test program on the rule file that is deployed. */

jest.setTimeout(1_200_000);

/** Cases that last minutes, and those that last hours: these are evaluated every ten minutes, or they would take as long. */
const CASES = { minutes: "15s", hours: "10m" } as const;
type Cases = keyof typeof CASES;

const casesOf = (name: string): string => readFileSync(path.join(__dirname, "alerts", `${name}.yml`), "utf8");

test.each(Object.keys(CASES) as Cases[])("alerts fire when their figures say so, of %s", async (cases) => {
  expect(await unittest(casesOf(cases), RULES, CASES[cases])).toEqual({
    code: 0,
    said: expect.stringContaining("SUCCESS") as unknown,
  });
});

test.each([
  ["a threshold", "minutes", "> 0.85", "> 0.95"],
  ["a duration", "minutes", "for: 10m", "for: 1m"],
  ["the runbook's section", "minutes", "#a-disk-is-full", "#memory-runs-out"],
  ["what a backup's age may be", "hours", "26 * 3600", "48 * 3600"],
  ["whether a job that never ran is overdue", "hours", " or job_declared_timestamp_seconds", ""],
] as const)("another value of %s fails them", async (_what, cases, old, changed) => {
  const rules = RULES.replace(old, changed);
  expect(rules).not.toBe(RULES);
  expect(await unittest(casesOf(cases), rules, CASES[cases])).toEqual({
    code: 1,
    said: expect.stringContaining("FAILED") as unknown,
  });
});

test("every alert has a case", () => {
  const alerts = [...RULES.matchAll(/alert: (\w+)/g)].map(([, name]) => name);
  const tried = new Set(
    Object.keys(CASES).flatMap((cases) => [...casesOf(cases).matchAll(/alertname: (\w+)/g)].map(([, name]) => name)),
  );
  expect(alerts.length).toBeGreaterThan(15);
  expect(alerts.filter((name) => !tried.has(name ?? ""))).toEqual([]);
});
