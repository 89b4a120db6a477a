import type { Dashboard } from "../../model/monitoring";

/** The containers as cAdvisor sees them, and what they log. */
export const CONTAINERS_DASHBOARD: Dashboard = {
  uid: "vpai-containers",
  title: "Containers",
  panels: [
    {
      title: "Healthy",
      kind: "stat",
      queries: [{ expr: "count(container_health_state == 1) or vector(0)", legend: "healthy" }],
    },
    {
      title: "Not healthy",
      kind: "stat",
      queries: [{ expr: "count(container_health_state == 0) or vector(0)", legend: "not healthy" }],
    },
    {
      title: "CPU",
      queries: [{ expr: "sum by (service) (rate(container_cpu_usage_seconds_total[5m]))", legend: "{{service}}" }],
    },
    {
      title: "Memory",
      unit: "bytes",
      queries: [{ expr: "sum by (service) (container_memory_working_set_bytes)", legend: "{{service}}" }],
    },
    {
      title: "Memory, share of the limit",
      unit: "percentunit",
      queries: [
        {
          expr: "max by (service) (container_memory_working_set_bytes / (container_spec_memory_limit_bytes > 0))",
          legend: "{{service}}",
        },
      ],
    },
    {
      title: "CPU held back by the limit",
      unit: "percentunit",
      queries: [
        {
          expr: "sum by (service) (rate(container_cpu_cfs_throttled_periods_total[5m])) / sum by (service) (rate(container_cpu_cfs_periods_total[5m]))",
          legend: "{{service}}",
        },
      ],
    },
    {
      title: "Network",
      unit: "Bps",
      queries: [
        { expr: "sum by (service) (rate(container_network_receive_bytes_total[5m]))", legend: "{{service}} in" },
        { expr: "sum by (service) (rate(container_network_transmit_bytes_total[5m]))", legend: "{{service}} out" },
      ],
    },
    {
      title: "Restarts in 15 minutes",
      queries: [{ expr: "max by (service) (resets(container_cpu_usage_seconds_total[15m]))", legend: "{{service}}" }],
    },
    { title: "Errors", kind: "logs", queries: [{ expr: '{service=~".+"} |~ "(?i)error|fatal|panic"' }] },
  ],
};
