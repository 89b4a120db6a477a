import type { Alert } from "../../../../model/monitoring";

/** Share of a filesystem, and of the host's memory, from which on somebody must look. */
const FULL = { disk: 0.85, memory: 0.9 };

/** What the collector sees of the host that it runs on. */
export const hostAlerts = (host: string): Alert[] => [
  {
    name: "HostDown",
    expr: `absent(up{job="host",host="${host}"} == 1)`,
    after: "3m",
    severity: "critical",
    summary: `${host} tells no metrics: the host or its collector is down`,
  },
  {
    name: "DiskFull",
    expr: `1 - node_filesystem_avail_bytes{fstype!~"tmpfs|ramfs"} / node_filesystem_size_bytes > ${FULL.disk}`,
    after: "10m",
    severity: "critical",
    summary: "{{ $labels.mountpoint }} of {{ $labels.host }} is {{ $value | humanizePercentage }} full",
  },
  {
    name: "MemoryFull",
    expr: `1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes > ${FULL.memory}`,
    after: "10m",
    severity: "warning",
    summary: "{{ $labels.host }} uses {{ $value | humanizePercentage }} of its memory",
  },
  {
    name: "OutOfMemory",
    expr: "increase(node_vmstat_oom_kill[15m]) > 0",
    after: "0s",
    severity: "critical",
    summary: "the kernel of {{ $labels.host }} killed a process for want of memory",
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
  },
];
