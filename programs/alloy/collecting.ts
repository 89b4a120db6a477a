import type { Collector } from "./scrape-targets";

/** Where a collector writes. */
export interface Stores {
  /** URL that takes samples by Prometheus' remote write. */
  metricsUrl: string;
  /** URL of Loki's push API. */
  logsUrl: string;
  /** What it logs in with; the password is in a file, as it sees it. Default: nobody asks. */
  login?: { user: string; passwordFile: string };
  /** Whether certificates are not checked. Default: they are. */
  unverified?: boolean;
}

/** What the collector works with. */
export interface Collecting {
  collector: Collector;
  stores: Stores;
  /** Where the container sees the host's own root. */
  hostRoot: string;
  /** Folder whose `*.prom` files hold metrics of jobs on the host. */
  textfiles: string;
  /** Whether the host's systemd units are watched. */
  units: boolean;
}
