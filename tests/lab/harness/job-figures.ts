import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { stringify } from "yaml";
import { REPORT } from "../../../components/jobs/scripts";
import { LocalRunner } from "../../../providers/local-runner";
import { DECLARE } from "../../../providers/resources/systemd-job";
import { RULES, RUNBOOK, unittest } from "../../vmalert-tool";

/** An alert as a person gets it. */
export interface Call {
  name: "BackupFailed" | "BackupOverdue" | "JobFailed" | "JobOverdue";
  labels: Record<string, string>;
  /** What it is about, as the alert tells it. */
  service: string;
  summary: string;
  value: string;
}

/** Hours after which the figures are looked at: at once, and when whatever has not come since is overdue. */
const LOOKS: Record<Call["name"], number> = { BackupFailed: 1, JobFailed: 1, BackupOverdue: 27, JobOverdue: 27 };

const SECTIONS: Record<Call["name"], string> = {
  BackupFailed: "a-backup-is-overdue",
  BackupOverdue: "a-backup-is-overdue",
  JobFailed: "a-job-is-overdue",
  JobOverdue: "a-job-is-overdue",
};

const HOUR = 3600;
const HUB = "seko-vpn";

/** What jobs leave for the collector of their host, and what the platform's alerts make of it. */
export class JobFigures {
  private readonly cases: { name: string; series: object[] }[] = [];
  private readonly programs = mkdtempSync(path.join(os.tmpdir(), "job-figures-"));

  /** @param host whose collector reads them @param folder where they are left */
  constructor(
    private readonly host: string,
    private readonly folder: string,
  ) {
    // What systemd says of the unit: the lab's own tests have real ones.
    writeFileSync(path.join(this.programs, "systemctl"), "#!/bin/sh\necho @$(date +%s)\n");
    chmodSync(path.join(this.programs, "systemctl"), 0o755);
  }

  /** Says when a job counts as overdue, as the host that has its timer. */
  async declare(job: string, service: string, overdueAfter: number): Promise<void> {
    const labels = `name="${job}",service="${service}"`;
    await new LocalRunner().output(["sh", "-c", DECLARE, "declare", this.folder, job, labels, String(overdueAfter)]);
  }

  /** Notes a run as systemd has it noted. @param code that it ended with */
  async report(job: string, service: string, code: number): Promise<void> {
    const environment = [
      `PATH=${this.programs}:${process.env["PATH"] ?? ""}`,
      `SERVICE_RESULT=${code === 0 ? "success" : "exit-code"}`,
      `EXIT_STATUS=${code}`,
    ];
    await new LocalRunner().output(["env", ...environment, "sh", "-c", REPORT, "report", this.folder, job, service]);
  }

  /** Keeps what the figures are now, under a name. @param now the moment that their host's clock has, in milliseconds */
  keep(name: string, now = Date.now()): void {
    const text = readdirSync(this.folder)
      .filter((file) => file.endsWith(".prom"))
      .map((file) => readFileSync(path.join(this.folder, file), "utf8"))
      .join("");
    const lines = text.split("\n").filter((line) => /^[a-z]/.test(line));
    this.cases.push({ name, series: lines.map((line) => this.seriesOf(line, now)) });
  }

  /** Has vmalert's own test program say whether the figures that were kept call a person so, and not otherwise. */
  async expectCalls(expected: Readonly<Record<string, readonly Call[]>>): Promise<void> {
    expect(this.cases.map(({ name }) => name).sort()).toEqual(Object.keys(expected).sort());
    const tests = this.cases.map(({ name, series }) => ({
      name,
      interval: "1h",
      input_series: series,
      alert_rule_test: (Object.keys(LOOKS) as Call["name"][]).map((alert) => ({
        eval_time: `${LOOKS[alert]}h`,
        groupname: "sese-ai",
        alertname: alert,
        exp_alerts: (expected[name] ?? []).filter((call) => call.name === alert).map((call) => this.told(call)),
      })),
    }));
    const cases = stringify({ rule_files: ["/test/rules.yml"], evaluation_interval: "10m", tests }, { lineWidth: 0 });
    expect(await unittest(cases, RULES, "10m")).toEqual({
      code: 0,
      said: expect.stringContaining("SUCCESS") as unknown,
    });
  }

  remove(): void {
    rmSync(this.programs, { recursive: true });
  }

  /** The test program's clock begins in 1970: moments are hours from now, of which one that was reached now is none. */
  private seriesOf(line: string, now: number): object {
    const [, metric = "", labels = "", text = ""] = /^(\w+)\{(.*)\} (\d+)$/.exec(line) ?? [];
    // What systemd has noted goes by this machine's clock.
    const base = metric.startsWith("job_") ? Date.now() : now;
    const hours = Math.round((Number(text) - base / 1000) / HOUR);
    const value = metric.endsWith("_timestamp_seconds") ? hours * HOUR : Number(text);
    return { series: `${metric}{host="${this.host}",${labels}}`, values: `${value}x40` };
  }

  private told({ name, labels, service, summary, value }: Call): object {
    const severity = name === "JobFailed" ? "warning" : "critical";
    return {
      exp_labels: { severity, host: this.host, ...labels },
      exp_annotations: { summary, host: this.host, service, value, runbook: `${RUNBOOK}#${SECTIONS[name]}` },
    };
  }
}

/** A run of a job that failed. */
export const jobFailed = (job: string, code: number, host = HUB): Call => ({
  name: "JobFailed",
  labels: { name: job, service: "host" },
  service: "host",
  summary: `the last run of ${job} on ${host} failed with exit code ${code}`,
  value: `exit code ${code}`,
});

/** And one that nothing has come of for a day and three hours. */
export const jobOverdue = (job: string, host = HUB): Call => ({
  name: "JobOverdue",
  labels: { name: job, service: "host" },
  service: "host",
  summary: `${job} of ${host} last succeeded 1d 3h 0m 0s ago`,
  value: "1d 3h 0m 0s",
});
