import type { Dashboard } from "../../../../model/monitoring";

/** What LLM calls cost, and who makes them. */
export const LITELLM_DASHBOARD: Dashboard = {
  uid: "vpai-litellm",
  title: "LiteLLM spend",
  panels: [
    {
      title: "Spent in 24 hours",
      kind: "stat",
      unit: "currencyUSD",
      queries: [{ expr: "sum(increase(litellm_spend_metric_total[1d]))", legend: "USD" }],
    },
    {
      title: "Left by provider",
      kind: "stat",
      unit: "currencyUSD",
      queries: [{ expr: "litellm_provider_remaining_budget_metric", legend: "{{api_provider}}" }],
    },
    {
      title: "Left by key",
      kind: "stat",
      unit: "currencyUSD",
      queries: [{ expr: "litellm_remaining_api_key_budget_metric", legend: "{{api_key_alias}}" }],
    },
    {
      title: "Spend by model",
      unit: "currencyUSD",
      queries: [{ expr: "sum by (model) (increase(litellm_spend_metric_total[1h]))", legend: "{{model}}" }],
    },
    {
      title: "Spend by key",
      unit: "currencyUSD",
      queries: [
        { expr: "sum by (api_key_alias) (increase(litellm_spend_metric_total[1h]))", legend: "{{api_key_alias}}" },
      ],
    },
    {
      title: "Tokens per second",
      queries: [
        { expr: "sum by (model) (rate(litellm_input_tokens_metric_total[5m]))", legend: "{{model}} in" },
        { expr: "sum by (model) (rate(litellm_output_tokens_metric_total[5m]))", legend: "{{model}} out" },
      ],
    },
    {
      title: "Requests per second",
      queries: [
        { expr: "sum(rate(litellm_proxy_total_requests_metric_total[5m]))", legend: "all" },
        { expr: "sum(rate(litellm_proxy_failed_requests_metric_total[5m]))", legend: "failed" },
      ],
    },
    {
      title: "Duration, 95 of 100 calls",
      unit: "s",
      queries: [
        {
          expr: "histogram_quantile(0.95, sum by (le, model) (rate(litellm_request_total_latency_metric_bucket[5m])))",
          legend: "{{model}}",
        },
      ],
    },
    { title: "Log", kind: "logs", queries: [{ expr: '{service="litellm"}' }] },
  ],
};
