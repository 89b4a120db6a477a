import { parse } from "yaml";
import { alertRules } from "../../../../../platforms/vpai/services/vmalert/alert-rules";
import { hostViews } from "../../../../../platforms/contexts";
import { dashboardsOf } from "../../../../../platforms/vpai/services/grafana/dashboards";
import vpai from "../../../../../platforms/vpai/platform";
import { contextWith } from "../../../../context";

/** Names as the programs' sources and documentation give them, for what the collector is told to collect. */
const KNOWN: Readonly<Record<string, string>> = {
  prometheus: "up ALERTS",
  node_exporter: `node_boot_time_seconds node_cpu_seconds_total node_disk_read_bytes_total node_disk_written_bytes_total
    node_filesystem_avail_bytes node_filesystem_size_bytes node_load5 node_memory_MemAvailable_bytes
    node_memory_MemTotal_bytes node_systemd_service_restart_total node_systemd_unit_state node_vmstat_oom_kill`,
  cadvisor: `container_cpu_cfs_periods_total container_cpu_cfs_throttled_periods_total container_cpu_usage_seconds_total
    container_health_state container_memory_working_set_bytes container_network_receive_bytes_total
    container_network_transmit_bytes_total container_spec_memory_limit_bytes`,
  postgres_exporter: `pg_up pg_database_size_bytes pg_settings_max_connections pg_stat_database_blks_hit
    pg_stat_database_blks_read pg_stat_database_deadlocks pg_stat_database_numbackends pg_stat_database_xact_commit
    pg_stat_database_xact_rollback`,
  redis_exporter: `redis_up redis_commands_processed_total redis_connected_clients redis_db_keys redis_evicted_keys_total
    redis_keyspace_hits_total redis_keyspace_misses_total redis_memory_max_bytes redis_memory_used_bytes
    redis_rdb_last_save_timestamp_seconds`,
  caddy: `caddy_config_last_reload_success_timestamp_seconds caddy_http_request_duration_seconds_bucket
    caddy_http_request_duration_seconds_count caddy_http_requests_in_flight caddy_http_response_size_bytes_sum
    caddy_reverse_proxy_upstreams_healthy`,
  n8n: `n8n_active_workflow_count n8n_last_activity n8n_nodejs_eventloop_lag_p99_seconds n8n_nodejs_heap_size_used_bytes
    n8n_process_cpu_seconds_total n8n_process_resident_memory_bytes n8n_workflow_failed_total n8n_workflow_success_total`,
  alertmanager: "alertmanager_notifications_failed_total",
  // docs/monitoring.md: what the host's own jobs, and the budget's callbacks in LiteLLM, tell.
  jobs: `audit_findings backup_exit_code backup_last_success_timestamp_seconds backup_overdue_after_seconds drift_resources
    drill_last_exit_code drill_last_success_timestamp_seconds drill_overdue_after_seconds
    certificate_not_after_timestamp_seconds certificate_not_before_timestamp_seconds job_declared_timestamp_seconds job_last_exit_code job_last_success_timestamp_seconds job_overdue_after_seconds`,
  budget: "llm_eco_mode llm_spent_today_usd",
  litellm: `litellm_input_tokens_metric_total litellm_output_tokens_metric_total litellm_provider_remaining_budget_metric
    litellm_proxy_failed_requests_metric_total litellm_proxy_total_requests_metric_total
    litellm_remaining_api_key_budget_metric litellm_request_total_latency_metric_bucket litellm_spend_metric_total`,
};

const known = new Set(Object.values(KNOWN).flatMap((names) => names.split(/\s+/)));

/** Names of metrics in a PromQL text: words outside of labels, ranges and groupings that are no function. */
const metricsIn = (expr: string): string[] =>
  [
    ...expr
      .replace(/"[^"]*"/g, "")
      .replace(/\{[^}]*\}|\[[^\]]*\]|\b(?:by|on) \([^)]*\)/g, " ")
      .matchAll(/\b[a-zA-Z_]\w*\b(?!\s*\()/g),
  ]
    .map(([word]) => word)
    .filter((word) => !["or", "by", "on"].includes(word));

const queries = dashboardsOf(hostViews(vpai)).flatMap(({ title, panels }) =>
  panels
    .filter((panel) => panel.kind !== "logs")
    .flatMap((panel) => panel.queries.map(({ expr }): [string, string] => [title, expr])),
);

const rules = parse(alertRules(contextWith())) as { groups: { rules: { alert: string; expr: string }[] }[] };

const alerts = rules.groups.flatMap((group) => group.rules.map(({ alert, expr }): [string, string] => [alert, expr]));

const measured = alerts.filter(([, expr]) => expr !== "vector(1)");

test.each([...queries, ...measured])("%s: every metric exists in %s", (_where, expr) => {
  const names = metricsIn(expr);
  expect(names.length).toBeGreaterThan(0);
  expect(names.filter((name) => !known.has(name))).toEqual([]);
});

test("no name of the table is there for nothing", () => {
  const used = new Set([...queries, ...alerts].flatMap(([, expr]) => metricsIn(expr)));
  expect([...known].filter((name) => !used.has(name))).toEqual([]);
});

test("names are told from functions, labels and groupings", () => {
  expect(metricsIn('sum by (le, a) (rate(x_total{b="c d"}[5m])) / (y > 0) or vector(0)')).toEqual(["x_total", "y"]);
});
