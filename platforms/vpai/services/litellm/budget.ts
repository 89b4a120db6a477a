import { readFileSync } from "node:fs";
import path from "node:path";
import { DAY_BUDGET, PROVIDERS } from "./models";

/** LiteLLM's name for the callbacks in `budget.py`, which lies beside its configuration. */
export const BUDGET_GUARD = "budget.guard";

/** Model that answers about the budget. */
export const BUDGET_DESK = "budget";

/** The callbacks that hold the day's budget (docs/decisions/llm-budget.md), as LiteLLM loads them. */
export const BUDGET_CALLBACKS = readFileSync(path.join(__dirname, "budget.py"), "utf8");

/** What the callbacks find around them. */
export interface BudgetPlace {
  /** Files in the container with the secrets of who may ask, and of the bot that is asked. */
  chat: string;
  secret: string;
  bot: string;
  /** Address of Telegram's Bot API. */
  telegram: string;
  /** Address that hands on what the bot is told: that of the workflow `budget`. */
  webhook: string;
}

/** What `budget.py` works with. */
export const budgetSettings = (place: BudgetPlace): string =>
  JSON.stringify({
    dayBudget: DAY_BUDGET,
    // Their budget is not the day's.
    apart: Object.entries(PROVIDERS).flatMap(([name, { budget }]) => (budget.period === "1d" ? [] : [name])),
    desk: BUDGET_DESK,
    ...place,
  });
