import type { Linter } from "eslint";

export const FLOORS: readonly string[];
export const floors: Linter.Config[];
