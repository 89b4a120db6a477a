import type { Seed } from "../../../../model/seed";

/** What a seed has of the asset register (`workflows/seed.json`): what was made of what, without a word of what it shows. */
export const ASSETS_SEED: Seed = {
  kind: "sanitised",
  tables: {
    asset_kinds: { keep: "name description" },
    assets: {
      keep: "id kind made_from registered_at",
      text: "title source model prompt task",
      token: "url",
      json: { details: [] },
    },
  },
};
