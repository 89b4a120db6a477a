import type { Dashboard } from "../../model/monitoring";

/** Requests as Caddy counts them. */
export const CADDY_DASHBOARD: Dashboard = {
  uid: "vpai-caddy",
  title: "Caddy",
  panels: [
    {
      title: "Requests in flight",
      kind: "stat",
      queries: [{ expr: "sum(caddy_http_requests_in_flight)", legend: "requests" }],
    },
    {
      title: "Last change of the configuration",
      kind: "stat",
      unit: "s",
      queries: [{ expr: "time() - caddy_config_last_reload_success_timestamp_seconds", legend: "ago" }],
    },
    {
      title: "Requests per second",
      queries: [
        {
          expr: 'sum by (server, code) (rate(caddy_http_request_duration_seconds_count{handler="subroute"}[5m]))',
          legend: "{{server}} {{code}}",
        },
      ],
    },
    {
      title: "Server errors",
      unit: "percentunit",
      queries: [
        {
          expr: 'sum(rate(caddy_http_request_duration_seconds_count{handler="subroute",code=~"5.."}[5m])) / sum(rate(caddy_http_request_duration_seconds_count{handler="subroute"}[5m]))',
          legend: "of all requests",
        },
      ],
    },
    {
      title: "Duration, 95 of 100 requests",
      unit: "s",
      queries: [
        {
          expr: 'histogram_quantile(0.95, sum by (le, server) (rate(caddy_http_request_duration_seconds_bucket{handler="subroute"}[5m])))',
          legend: "{{server}}",
        },
      ],
    },
    {
      title: "Answers",
      unit: "Bps",
      queries: [
        {
          expr: 'sum by (server) (rate(caddy_http_response_size_bytes_sum{handler="subroute"}[5m]))',
          legend: "{{server}}",
        },
      ],
    },
    {
      title: "Healthy upstreams",
      queries: [{ expr: "caddy_reverse_proxy_upstreams_healthy", legend: "{{upstream}}" }],
    },
    { title: "Log", kind: "logs", queries: [{ expr: '{service="caddy"}' }] },
  ],
};
