import { stringify } from "yaml";

/** What differs between installations of Loki. */
export interface LokiSettings {
  port: number;
  /** Folder of the container that holds everything Loki keeps. */
  folder: string;
  /** How long lines are kept, in days. */
  retentionDays: number;
}

/** Loki as one process that keeps everything in a folder, and deletes what is older than the retention. */
export const lokiConfig = ({ port, folder, retentionDays }: LokiSettings): string =>
  stringify({
    auth_enabled: false,
    server: { http_listen_port: port, log_level: "warn" },
    common: {
      instance_addr: "127.0.0.1",
      path_prefix: folder,
      replication_factor: 1,
      ring: { kvstore: { store: "inmemory" } },
      storage: { filesystem: { chunks_directory: `${folder}/chunks`, rules_directory: `${folder}/rules` } },
    },
    schema_config: {
      configs: [
        {
          from: "2026-01-01",
          store: "tsdb",
          object_store: "filesystem",
          schema: "v13",
          index: { prefix: "index_", period: "24h" },
        },
      ],
    },
    compactor: {
      working_directory: `${folder}/compactor`,
      retention_enabled: true,
      delete_request_store: "filesystem",
    },
    limits_config: {
      retention_period: `${retentionDays * 24}h`,
      // A container's first lines may be older than the collector.
      reject_old_samples_max_age: `${retentionDays * 24}h`,
      max_query_lookback: `${retentionDays * 24}h`,
    },
    analytics: { reporting_enabled: false },
  });
