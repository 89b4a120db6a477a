import type { Dashboard } from "../../model/monitoring";

/** Redis by its INFO. */
export const REDIS_DASHBOARD: Dashboard = {
  uid: "vpai-redis",
  title: "Redis",
  panels: [
    { title: "Up", kind: "stat", queries: [{ expr: "redis_up", legend: "{{instance}}" }] },
    { title: "Clients", kind: "stat", queries: [{ expr: "redis_connected_clients", legend: "clients" }] },
    {
      title: "Last snapshot",
      kind: "stat",
      unit: "s",
      queries: [{ expr: "time() - redis_rdb_last_save_timestamp_seconds", legend: "ago" }],
    },
    {
      title: "Memory",
      unit: "bytes",
      queries: [
        { expr: "redis_memory_used_bytes", legend: "in use" },
        { expr: "redis_memory_max_bytes", legend: "limit" },
      ],
    },
    {
      title: "Commands per second",
      queries: [{ expr: "rate(redis_commands_processed_total[5m])", legend: "commands" }],
    },
    {
      title: "Found keys",
      unit: "percentunit",
      queries: [
        {
          expr: "rate(redis_keyspace_hits_total[5m]) / (rate(redis_keyspace_hits_total[5m]) + rate(redis_keyspace_misses_total[5m]) > 0)",
          legend: "hits",
        },
      ],
    },
    { title: "Keys", queries: [{ expr: "redis_db_keys > 0", legend: "{{db}}" }] },
    {
      title: "Keys thrown out",
      queries: [{ expr: "increase(redis_evicted_keys_total[15m])", legend: "evicted" }],
    },
    { title: "Log", kind: "logs", queries: [{ expr: '{service="redis"}' }] },
  ],
};
