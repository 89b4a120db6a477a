import type { Dashboard } from "../../model/monitoring";

/** A Redis by its INFO. @param name of the service */
export const redisDashboard = (name: string): Dashboard => ({
  uid: `vpai-${name}`,
  title: name === "redis" ? "Redis" : `Redis: ${name}`,
  panels: [
    { title: "Up", kind: "stat", queries: [{ expr: `redis_up{service="${name}"}`, legend: "{{instance}}" }] },
    {
      title: "Clients",
      kind: "stat",
      queries: [{ expr: `redis_connected_clients{service="${name}"}`, legend: "clients" }],
    },
    {
      title: "Last snapshot",
      kind: "stat",
      unit: "s",
      queries: [{ expr: `time() - redis_rdb_last_save_timestamp_seconds{service="${name}"}`, legend: "ago" }],
    },
    {
      title: "Memory",
      unit: "bytes",
      queries: [
        { expr: `redis_memory_used_bytes{service="${name}"}`, legend: "in use" },
        { expr: `redis_memory_max_bytes{service="${name}"}`, legend: "limit" },
      ],
    },
    {
      title: "Commands per second",
      queries: [{ expr: `rate(redis_commands_processed_total{service="${name}"}[5m])`, legend: "commands" }],
    },
    {
      title: "Found keys",
      unit: "percentunit",
      queries: [
        {
          expr: `rate(redis_keyspace_hits_total{service="${name}"}[5m]) / (rate(redis_keyspace_hits_total{service="${name}"}[5m]) + rate(redis_keyspace_misses_total{service="${name}"}[5m]) > 0)`,
          legend: "hits",
        },
      ],
    },
    { title: "Keys", queries: [{ expr: `redis_db_keys{service="${name}"} > 0`, legend: "{{db}}" }] },
    {
      title: "Keys thrown out",
      queries: [{ expr: `increase(redis_evicted_keys_total{service="${name}"}[15m])`, legend: "evicted" }],
    },
    { title: "Log", kind: "logs", queries: [{ expr: `{service="${name}"}` }] },
  ],
});
