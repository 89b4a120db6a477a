import type { Dashboard } from "../../model/monitoring";

/** n8n's workflows and its process. */
export const N8N_DASHBOARD: Dashboard = {
  uid: "vpai-n8n",
  title: "n8n",
  panels: [
    { title: "Active workflows", kind: "stat", queries: [{ expr: "n8n_active_workflow_count", legend: "workflows" }] },
    {
      title: "Failed in 24 hours",
      kind: "stat",
      queries: [{ expr: "sum(increase(n8n_workflow_failed_total[1d])) or vector(0)", legend: "workflows" }],
    },
    {
      title: "Last request",
      kind: "stat",
      unit: "s",
      queries: [{ expr: "time() - n8n_last_activity", legend: "ago" }],
    },
    {
      title: "Workflows",
      queries: [
        { expr: "sum(increase(n8n_workflow_success_total[15m]))", legend: "succeeded" },
        { expr: "sum(increase(n8n_workflow_failed_total[15m]))", legend: "failed" },
      ],
    },
    {
      title: "Memory",
      unit: "bytes",
      queries: [
        { expr: "n8n_process_resident_memory_bytes", legend: "resident" },
        { expr: "n8n_nodejs_heap_size_used_bytes", legend: "heap" },
      ],
    },
    {
      title: "Event loop, slowest of 100 rounds",
      unit: "s",
      queries: [{ expr: "n8n_nodejs_eventloop_lag_p99_seconds", legend: "lag" }],
    },
    { title: "CPU", queries: [{ expr: "rate(n8n_process_cpu_seconds_total[5m])", legend: "cores" }] },
    { title: "Log", kind: "logs", queries: [{ expr: '{service="n8n"}' }] },
  ],
};
