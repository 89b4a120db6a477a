import type { Chore } from "./units";

/** A drill, each week. */
export const DRILL: Chore = {
  name: "drill",
  make: ["drill"],
  schedule: "Sun *-*-* 14:00:00",
  when: "every Sunday at 14:00",
  does: (stack) => `brings the backups of the stack ${stack} back in a copy`,
  timeout: "6h",
};

/** A look at what drifted, each night, after the backups: hosts learn of it, and the alert Drift calls. */
export const REFRESH: Chore = {
  name: "refresh",
  make: ["refresh", "YES=1"],
  schedule: "*-*-* 05:00:00",
  when: "every night at 5:00",
  does: (stack) => `reads what is there into the state of the stack ${stack}, and tells hosts what drifted`,
  timeout: "1h",
};
