import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { ensureImage } from "../../../lab/images/build";
import { alertRules } from "../../../platforms/vpai/services/vmalert/alert-rules";
import { contextWith } from "../../context";

/** The alerts' own unit tests (`alerts/*.yml`), run by vmalert's test program on the rule file that is deployed. */

jest.setTimeout(1_200_000);

/** Cases that last minutes, and those that last hours: these are evaluated every ten minutes, or they would take as long. */
const CASES = { minutes: "15s", hours: "10m" } as const;
type Cases = keyof typeof CASES;

const casesOf = (name: string): string => readFileSync(path.join(__dirname, "alerts", `${name}.yml`), "utf8");

const RUNBOOK = "https://github.com/mobutoo/vpai/blob/main/docs/runbook.md";
const RULES = alertRules(contextWith({ settings: { runbook: RUNBOOK } }));

const folder = mkdtempSync(path.join(os.tmpdir(), "alerts-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function unittest(cases: Cases, rules: string): Promise<{ code: number | null; said: string }> {
  writeFileSync(path.join(folder, "rules.yml"), rules.replace("interval: 15s", `interval: ${CASES[cases]}`));
  writeFileSync(path.join(folder, "alerts.yml"), casesOf(cases));
  const container = ["run", "--rm", "--network", "none", "--volume", `${folder}:/test:ro`, "--tmpfs", "/tmp"];
  const command = ["unittest", "--files=/test/alerts.yml"];
  const ended = spawnSync("docker", [...container, await ensureImage("vmalert-tool"), ...command], {
    encoding: "utf8",
  });
  return { code: ended.status, said: ended.stdout + ended.stderr };
}

test.each(Object.keys(CASES) as Cases[])("alerts fire when their figures say so, of %s", async (cases) => {
  expect(await unittest(cases, RULES)).toEqual({ code: 0, said: expect.stringContaining("SUCCESS") as unknown });
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
  expect(await unittest(cases, rules)).toEqual({ code: 1, said: expect.stringContaining("FAILED") as unknown });
});

test("every alert has a case", () => {
  const alerts = [...RULES.matchAll(/alert: (\w+)/g)].map(([, name]) => name);
  const tried = new Set(
    Object.keys(CASES).flatMap((cases) => [...casesOf(cases).matchAll(/alertname: (\w+)/g)].map(([, name]) => name)),
  );
  expect(alerts.length).toBeGreaterThan(15);
  expect(alerts.filter((name) => !tried.has(name ?? ""))).toEqual([]);
});
