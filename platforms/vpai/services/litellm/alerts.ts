import type { Alert } from "../../../../model/monitoring";
import { DAY_BUDGET, MONTH_BUDGET } from "./models";

const RUNBOOK = "the-llm-budget-is-spent";

const DOLLARS = '{{ $value | printf "%.2f" }} USD';

/** What is spent on LLM calls, as the budget's guard and LiteLLM tell it. */
export const SPEND_ALERTS: readonly Alert[] = [
  {
    name: "LLMSpendHigh",
    expr: `llm_spent_today_usd > ${0.8 * DAY_BUDGET}`,
    after: "0s",
    severity: "warning",
    summary: `${DOLLARS} of the day's ${DAY_BUDGET} were spent on LLM calls`,
    value: DOLLARS,
    runbook: RUNBOOK,
  },
  {
    name: "LLMBudgetSpent",
    expr: `llm_spent_today_usd >= ${DAY_BUDGET}`,
    after: "0s",
    severity: "critical",
    summary: `the day's ${DAY_BUDGET} USD for LLM calls are spent: the free models alone answer`,
    value: DOLLARS,
    runbook: RUNBOOK,
  },
  {
    name: "LLMEcoMode",
    expr: "llm_eco_mode == 1",
    after: "1d",
    severity: "warning",
    summary: "the eco mode has been on since yesterday: the free models alone answer",
    value: "on",
    runbook: RUNBOOK,
  },
  {
    name: "BytePlusBudgetSpent",
    expr: 'litellm_provider_remaining_budget_metric{api_provider="volcengine"} <= 0',
    after: "0s",
    severity: "warning",
    summary: `the ${MONTH_BUDGET} USD of 30 days for BytePlus are spent`,
    value: '{{ $value | printf "%.2f" }} USD are left',
    runbook: RUNBOOK,
  },
];
