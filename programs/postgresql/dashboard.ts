import type { Dashboard } from "../../model/monitoring";

/** PostgreSQL by its statistics views. */
export const POSTGRESQL_DASHBOARD: Dashboard = {
  uid: "vpai-postgresql",
  title: "PostgreSQL",
  panels: [
    { title: "Up", kind: "stat", queries: [{ expr: "pg_up", legend: "{{instance}}" }] },
    {
      title: "Connections",
      kind: "stat",
      queries: [{ expr: "sum(pg_stat_database_numbackends)", legend: "open" }],
    },
    {
      title: "Connections, share of the limit",
      kind: "stat",
      unit: "percentunit",
      queries: [{ expr: "sum(pg_stat_database_numbackends) / max(pg_settings_max_connections)", legend: "in use" }],
    },
    {
      title: "Size of databases",
      unit: "bytes",
      queries: [{ expr: "pg_database_size_bytes", legend: "{{datname}}" }],
    },
    {
      title: "Transactions per second",
      queries: [
        { expr: "rate(pg_stat_database_xact_commit[5m])", legend: "{{datname}} committed" },
        { expr: "rate(pg_stat_database_xact_rollback[5m])", legend: "{{datname}} rolled back" },
      ],
    },
    {
      title: "Read from memory",
      unit: "percentunit",
      queries: [
        {
          expr: "rate(pg_stat_database_blks_hit[5m]) / (rate(pg_stat_database_blks_hit[5m]) + rate(pg_stat_database_blks_read[5m]) > 0)",
          legend: "{{datname}}",
        },
      ],
    },
    { title: "Deadlocks", queries: [{ expr: "increase(pg_stat_database_deadlocks[1h])", legend: "{{datname}}" }] },
    { title: "Log", kind: "logs", queries: [{ expr: '{service="postgresql"}' }] },
  ],
};
