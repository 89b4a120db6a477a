import { stringify } from "yaml";

/** Qdrant's settings beside its own defaults; the API key comes from the environment. */
export const QDRANT_CONFIG: string = stringify({
  log_level: "INFO",
  telemetry_disabled: true,
  storage: {
    storage_path: "/qdrant/storage",
    // Within the one folder that is kept.
    snapshots_path: "/qdrant/storage/snapshots",
    on_disk_payload: true,
    // Half of a small host's cores: searches must not starve the other services.
    performance: { max_search_threads: 1, optimizer_cpu_budget: 1 },
  },
  service: { host: "0.0.0.0", http_port: 6333, grpc_port: null, enable_cors: false },
  cluster: { enabled: false },
});
