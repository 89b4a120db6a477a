import type { Alert } from "../../model/monitoring";

/** What is wrong with a host's containers. */
export const CONTAINER_ALERTS: readonly Alert[] = [
  {
    name: "ContainerRestarting",
    // A restart begins the counter anew.
    expr: 'resets(container_cpu_usage_seconds_total{service!=""}[15m]) > 2',
    after: "0s",
    severity: "critical",
    summary: "{{ $labels.service }} restarted {{ $value }} times in 15 minutes",
    value: "{{ $value }} restarts",
    runbook: "a-service-is-not-healthy",
  },
  {
    name: "ContainerUnhealthy",
    expr: 'container_health_state{service!=""} == 0',
    after: "10m",
    severity: "critical",
    summary: "{{ $labels.service }} is not healthy",
    runbook: "a-service-is-not-healthy",
  },
  {
    name: "ContainerMemoryFull",
    expr: "container_memory_working_set_bytes / (container_spec_memory_limit_bytes > 0) > 0.95",
    after: "10m",
    severity: "warning",
    summary: "{{ $labels.service }} uses {{ $value | humanizePercentage }} of its memory limit",
    value: "{{ $value | humanizePercentage }}",
    runbook: "memory-runs-out",
  },
];
