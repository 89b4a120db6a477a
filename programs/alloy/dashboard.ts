import type { Dashboard } from "../../model/monitoring";

/** The host as node_exporter sees it, and what is wrong on it. */
export const HOSTS_DASHBOARD: Dashboard = {
  uid: "vpai-hosts",
  title: "Hosts",
  home: true,
  panels: [
    {
      title: "Up since",
      kind: "stat",
      unit: "s",
      queries: [{ expr: "time() - node_boot_time_seconds", legend: "{{host}}" }],
    },
    {
      title: "Memory in use",
      kind: "stat",
      unit: "percentunit",
      queries: [{ expr: "1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes", legend: "{{host}}" }],
    },
    {
      title: "Fullest filesystem",
      kind: "stat",
      unit: "percentunit",
      queries: [
        {
          expr: 'max by (host) (1 - node_filesystem_avail_bytes{fstype!~"tmpfs|ramfs"} / node_filesystem_size_bytes)',
          legend: "{{host}}",
        },
      ],
    },
    {
      title: "Targets down",
      kind: "stat",
      queries: [{ expr: "count(up == 0) or vector(0)", legend: "targets" }],
    },
    { title: "Alerts", kind: "table", queries: [{ expr: 'ALERTS{alertstate="firing",severity!="info"}' }] },
    {
      title: "CPU",
      unit: "percentunit",
      queries: [
        {
          expr: '1 - avg by (host) (rate(node_cpu_seconds_total{mode="idle"}[5m]))',
          legend: "{{host}}",
        },
      ],
    },
    { title: "Load", queries: [{ expr: "node_load5", legend: "{{host}}" }] },
    {
      title: "Memory",
      unit: "bytes",
      queries: [
        { expr: "node_memory_MemTotal_bytes - node_memory_MemAvailable_bytes", legend: "in use" },
        { expr: "node_memory_MemTotal_bytes", legend: "total" },
      ],
    },
    {
      title: "Filesystems",
      unit: "percentunit",
      queries: [
        {
          expr: '1 - node_filesystem_avail_bytes{fstype!~"tmpfs|ramfs"} / node_filesystem_size_bytes',
          legend: "{{mountpoint}}",
        },
      ],
    },
    {
      title: "Disks",
      unit: "Bps",
      queries: [
        { expr: "rate(node_disk_read_bytes_total[5m])", legend: "{{device}} read" },
        { expr: "rate(node_disk_written_bytes_total[5m])", legend: "{{device}} written" },
      ],
    },
    {
      title: "Killed for want of memory",
      queries: [{ expr: "increase(node_vmstat_oom_kill[15m])", legend: "{{host}}" }],
    },
  ],
};
