import type { Linter } from "eslint";

export const LAYERS: readonly string[];
export const layerRules: Linter.Config[];
