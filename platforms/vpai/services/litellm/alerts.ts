import type { Alert } from "../../../../model/monitoring";
import { DAY_BUDGET } from "./models";

/** What is spent on LLM calls. */
export const SPEND_ALERTS: readonly Alert[] = [
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
];
