import type { Dashboard } from "./dashboard";

/** Backups by what their jobs leave in the folder of text files. */
export const backups: Dashboard = {
  uid: "vpai-backups",
  title: "Backups",
  panels: [
    {
      title: "Oldest last success",
      kind: "stat",
      unit: "s",
      queries: [{ expr: "max(time() - vpai_backup_last_success_timestamp_seconds)", legend: "ago" }],
    },
    {
      title: "Missing or too old",
      kind: "stat",
      queries: [{ expr: 'count(ALERTS{alertname=~"Backup.+"}) or vector(0)', legend: "alerts" }],
    },
    {
      title: "Last success",
      kind: "table",
      unit: "s",
      queries: [{ expr: "time() - vpai_backup_last_success_timestamp_seconds" }],
    },
    { title: "Duration", unit: "s", queries: [{ expr: "vpai_backup_duration_seconds", legend: "{{service}}" }] },
    { title: "Size", unit: "bytes", queries: [{ expr: "vpai_backup_size_bytes", legend: "{{service}}" }] },
  ],
};
