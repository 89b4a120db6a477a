import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { ensureImage } from "../lab/images/build";
import { alertRules } from "../platforms/vpai/services/vmalert/alert-rules";
import { contextWith } from "./context";

export const RUNBOOK = "https://github.com/mobutoo/vpai/blob/main/docs/runbook.md";

/** The rule file that is deployed. */
export const RULES = alertRules(contextWith({ settings: { runbook: RUNBOOK } }));

/**
 * Has vmalert's own test program look at cases, which have their rules in `/test/rules.yml`.
 * @param interval between two evaluations of the rules: short ones take as long as the cases last
 * @returns its exit code, and what it said
 */
export async function unittest(
  cases: string,
  rules: string,
  interval: string,
): Promise<{ code: number | null; said: string }> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "alerts-"));
  try {
    writeFileSync(path.join(folder, "rules.yml"), rules.replace("interval: 15s", `interval: ${interval}`));
    writeFileSync(path.join(folder, "alerts.yml"), cases);
    const container = ["run", "--rm", "--network", "none", "--volume", `${folder}:/test:ro`, "--tmpfs", "/tmp"];
    const command = ["unittest", "--files=/test/alerts.yml"];
    const ended = spawnSync("docker", [...container, await ensureImage("vmalert-tool"), ...command], {
      encoding: "utf8",
    });
    return { code: ended.status, said: ended.stdout + ended.stderr };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
