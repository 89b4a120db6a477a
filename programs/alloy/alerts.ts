import type { Alert } from "../../model/monitoring";

/** Share of a filesystem, and of the host's memory, from which on somebody must look. */
export const FULL = { disk: 0.85, memory: 0.9 };

/** Share of a certificate's time that must be left: Caddy renews it when a third is, 30 days of 90. */
export const CERTIFICATE_LEFT = 0.15;

/** What an alert about a host as a whole is about, as `make status` writes it. */
const HOST = "(host)";

const PERCENTAGE = "{{ $value | humanizePercentage }}";

/** What the collector sees of the host that it runs on. */
export const hostAlerts = (host: string): Alert[] => [
  {
    name: "HostDown",
    // What is absent has no labels of its own, and mails say whose it is.
    expr: `label_set(absent(up{job="host",host="${host}"} == 1), "host", "${host}")`,
    after: "3m",
    severity: "critical",
    absence: true,
    summary: `${host} tells no metrics: the host or its collector is down`,
    about: HOST,
    value: "no sample",
    runbook: "a-host-is-silent",
  },
  {
    name: "DiskFull",
    expr: `1 - node_filesystem_avail_bytes{fstype!~"tmpfs|ramfs"} / node_filesystem_size_bytes > ${FULL.disk}`,
    after: "10m",
    severity: "critical",
    summary: "{{ $labels.mountpoint }} of {{ $labels.host }} is {{ $value | humanizePercentage }} full",
    about: HOST,
    value: PERCENTAGE,
    runbook: "a-disk-is-full",
  },
  {
    name: "MemoryFull",
    expr: `1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes > ${FULL.memory}`,
    after: "10m",
    severity: "warning",
    summary: "{{ $labels.host }} uses {{ $value | humanizePercentage }} of its memory",
    about: HOST,
    value: PERCENTAGE,
    runbook: "memory-runs-out",
  },
  {
    name: "OutOfMemory",
    // Not increase(): VictoriaMetrics' own counts what was there before the first sample.
    expr: "increase_prometheus(node_vmstat_oom_kill[15m]) > 0",
    after: "0s",
    severity: "critical",
    summary: "the kernel of {{ $labels.host }} killed a process for want of memory",
    about: HOST,
    value: "{{ $value | humanize }} kills in 15 minutes",
    runbook: "memory-runs-out",
  },
];

/** What the collector sees of those that it asks. */
export const COLLECTOR_ALERTS: readonly Alert[] = [
  {
    name: "TargetDown",
    expr: "up == 0",
    after: "5m",
    severity: "warning",
    summary: "{{ $labels.service }} tells no metrics ({{ $labels.job }}, {{ $labels.instance }})",
    runbook: "a-program-tells-no-metrics",
  },
];

/**
 * What the host's jobs tell in their `*.prom` files (docs/monitoring.md#alerts). Nothing fires before there is such a job:
 * an alert that always fires teaches to ignore alerts.
 */
export const JOB_ALERTS: readonly Alert[] = [
  {
    name: "BackupOverdue",
    // Where nothing says otherwise a day, and two hours for a run that begins late and takes long.
    expr: "time() - backup_last_success_timestamp_seconds > on (host, backup) (backup_overdue_after_seconds or on (host, backup) (backup_last_success_timestamp_seconds * 0 + 26 * 3600))",
    after: "0s",
    severity: "critical",
    summary: "{{ $labels.backup }} of {{ $labels.host }} was backed up {{ $value | humanizeDuration }} ago",
    value: "{{ $value | humanizeDuration }}",
    about: "backup",
    runbook: "a-backup-is-overdue",
  },
  {
    name: "BackupFailed",
    expr: "backup_exit_code != 0",
    after: "0s",
    severity: "critical",
    summary: "the last backup of {{ $labels.backup }} on {{ $labels.host }} failed with exit code {{ $value }}",
    value: "exit code {{ $value }}",
    about: "backup",
    runbook: "a-backup-is-overdue",
  },
  {
    name: "JobOverdue",
    // One that has never succeeded is as old as its declaration.
    expr: "time() - (job_last_success_timestamp_seconds or job_declared_timestamp_seconds) > on (host, service, name) job_overdue_after_seconds",
    after: "0s",
    severity: "critical",
    summary: "{{ $labels.name }} of {{ $labels.host }} last succeeded {{ $value | humanizeDuration }} ago",
    value: "{{ $value | humanizeDuration }}",
    runbook: "a-job-is-overdue",
  },
  {
    name: "JobFailed",
    expr: "job_last_exit_code != 0",
    after: "0s",
    severity: "warning",
    summary: "the last run of {{ $labels.name }} on {{ $labels.host }} failed with exit code {{ $value }}",
    value: "exit code {{ $value }}",
    runbook: "a-job-is-overdue",
  },
  {
    name: "DrillOverdue",
    expr: "time() - drill_last_success_timestamp_seconds > on (host) drill_overdue_after_seconds",
    after: "0s",
    severity: "warning",
    summary: "backups of {{ $labels.host }} were last brought back in a copy {{ $value | humanizeDuration }} ago",
    value: "{{ $value | humanizeDuration }}",
    about: "drill",
    runbook: "a-drill-is-overdue",
  },
  {
    name: "DrillFailed",
    expr: "drill_last_exit_code != 0",
    after: "0s",
    severity: "critical",
    summary: "the newest backup of {{ $labels.host }} did not come back in the last drill as it was",
    value: "exit code {{ $value }}",
    about: "drill",
    runbook: "a-drill-is-overdue",
  },
  {
    name: "CertificateExpiring",
    expr: `certificate_not_after_timestamp_seconds - time() < ${CERTIFICATE_LEFT} * (certificate_not_after_timestamp_seconds - certificate_not_before_timestamp_seconds)`,
    after: "1h",
    severity: "critical",
    summary: "the certificate of https://{{ $labels.hostname }} expires in {{ $value | humanizeDuration }}",
    value: "{{ $value | humanizeDuration }}",
    about: "certificate",
    runbook: "a-certificate-expires",
  },
  {
    name: "AuditFindings",
    expr: "audit_findings > 0",
    after: "0s",
    severity: "warning",
    summary: "{{ $labels.host }} is not as hard as it is to be: {{ $value }} findings of {{ $labels.check }}",
    value: "{{ $value }} findings",
    about: HOST,
    runbook: "an-audit-has-findings",
  },
  {
    name: "Drift",
    expr: "drift_resources > 0",
    after: "0s",
    severity: "warning",
    summary: "{{ $value }} resources of {{ $labels.host }} are not as the stack has them",
    value: "{{ $value }} resources",
    about: HOST,
    runbook: "something-was-changed-by-hand-drift",
  },
];

/** What systemd tells of a unit, under the name of the service that it is. */
const ofUnit = (expr: string): string => `label_replace(${expr}, "service", "$1", "name", "(.+)[.]service")`;

/** What the collector sees of its host's systemd units. */
export const UNIT_ALERTS: readonly Alert[] = [
  {
    name: "UnitDown",
    expr: ofUnit('node_systemd_unit_state{state="active"} == 0'),
    after: "5m",
    severity: "critical",
    summary: "{{ $labels.service }} of {{ $labels.host }} does not run",
    value: "not active",
    runbook: "a-service-is-not-healthy",
  },
  {
    name: "UnitRestarting",
    expr: ofUnit("increase_prometheus(node_systemd_service_restart_total[15m]) > 2"),
    after: "0s",
    severity: "critical",
    summary: "{{ $labels.service }} of {{ $labels.host }} restarted {{ $value }} times in 15 minutes",
    value: "{{ $value }} restarts",
    runbook: "a-service-is-not-healthy",
  },
];
