import type { ServiceContext } from "../../../../model/service";
import { DAY_BUDGET } from "../litellm/models";

/** What somebody wants to know before the users do. */
export interface Alert {
  /** In CamelCase, unique. */
  name: string;
  /** PromQL that has a result while something is wrong. */
  expr: string;
  /** How long it must be wrong, as Prometheus writes durations. */
  after: string;
  /** `critical`: act now; `warning`: act this week. */
  severity: "critical" | "warning";
  /** One sentence; `{{ $labels.<name> }}` and `{{ $value }}` are filled in. */
  summary: string;
}

/** Daily backups may run up to two hours late. */
const BACKUP_HOURS = 26;

/** Share of a filesystem, and of the host's memory, from which on somebody must look. */
const FULL = { disk: 0.85, memory: 0.9 };

/** All alerts of a host; those for a service only where it runs. */
export function alertsOf({ host, services }: ServiceContext): Alert[] {
  const running = new Set(services.map(({ name }) => name));
  const ofServices = Object.entries(OF_SERVICES).flatMap(([name, alerts]) => (running.has(name) ? alerts : []));
  return [...ofHost(host), ...OF_CONTAINERS, ...OF_JOBS, ...ofServices];
}

const ofHost = (host: string): Alert[] => [
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

const OF_CONTAINERS: readonly Alert[] = [
  {
    name: "ContainerRestarting",
    // A restart begins the counter anew.
    expr: 'resets(container_cpu_usage_seconds_total{service!=""}[15m]) > 2',
    after: "0s",
    severity: "critical",
    summary: "{{ $labels.service }} restarted {{ $value }} times in 15 minutes",
  },
  {
    name: "ContainerUnhealthy",
    expr: 'container_health_state{service!=""} == 0',
    after: "10m",
    severity: "critical",
    summary: "{{ $labels.service }} is not healthy",
  },
  {
    name: "ContainerMemoryFull",
    expr: "container_memory_working_set_bytes / (container_spec_memory_limit_bytes > 0) > 0.95",
    after: "10m",
    severity: "warning",
    summary: "{{ $labels.service }} uses {{ $value | humanizePercentage }} of its memory limit",
  },
  {
    name: "TargetDown",
    expr: "up == 0",
    after: "5m",
    severity: "warning",
    summary: "{{ $labels.service }} tells no metrics ({{ $labels.job }}, {{ $labels.instance }})",
  },
];

const OF_JOBS: readonly Alert[] = [
  {
    name: "BackupTooOld",
    expr: `time() - vpai_backup_last_success_timestamp_seconds > ${BACKUP_HOURS} * 3600`,
    after: "0s",
    severity: "critical",
    summary: "the last backup of {{ $labels.service }} is {{ $value | humanizeDuration }} old",
  },
  {
    name: "BackupMissing",
    expr: "absent(vpai_backup_last_success_timestamp_seconds)",
    after: `${BACKUP_HOURS}h`,
    severity: "critical",
    summary: `no backup has told of a success for ${BACKUP_HOURS} hours`,
  },
];

const OF_SERVICES: Readonly<Record<string, readonly Alert[]>> = {
  postgresql: [
    {
      name: "PostgreSQLDown",
      expr: "absent(pg_up == 1)",
      after: "2m",
      severity: "critical",
      summary: "PostgreSQL does not answer the collector",
    },
  ],
  redis: [
    {
      name: "RedisDown",
      expr: "absent(redis_up == 1)",
      after: "2m",
      severity: "critical",
      summary: "Redis does not answer the collector",
    },
  ],
  litellm: [
    {
      name: "LLMSpendHigh",
      expr: `sum(increase(litellm_spend_metric_total[1d])) > 0.8 * ${DAY_BUDGET}`,
      after: "0s",
      severity: "warning",
      summary: `{{ $value }} of ${DAY_BUDGET} USD were spent on LLM calls in 24 hours`,
    },
    {
      name: "LLMBudgetSpent",
      expr: `sum(increase(litellm_spend_metric_total[1d])) >= ${DAY_BUDGET}`,
      after: "0s",
      severity: "critical",
      summary: `the ${DAY_BUDGET} USD for LLM calls in 24 hours are spent`,
    },
  ],
};
