import { defineService } from "../../../model/service";
import { rails, started, STORAGE } from "./sure/rails";

/** Sidekiq, which does what Sure puts off: syncs with banks and markets, imports, exports. */
export default defineService({
  ...rails,
  name: "sure-worker",
  // Syncs ask others' servers, which the web part does not.
  run: { ...started, networks: ["backend", "egress"], command: ["bundle", "exec", "sidekiq"] },
  // Each thread has a connection to PostgreSQL and keeps what its job reads in memory; Sidekiq's own default is five.
  environment: (context) => ({ ...rails.environment(context), RAILS_MAX_THREADS: "3" }),
  data: [{ ...STORAGE, backup: { kind: "none", reason: "the folder is Sure's, and kept there" } }],
  limits: { memoryMiB: 384, cpus: 0.5 },
  // Once it has booted and reached Redis, Sidekiq names its process by how many of its threads are busy.
  health: { test: ["grep", "-q", "sidekiq .* busy", "/proc/1/cmdline"], startPeriod: 180 },
  // The web part brings the database up to date first.
  needs: ["sure"],
  stopTimeout: 30,
});
