import type { ServiceContext } from "../model/context";
import type { ContainerService } from "../model/service";
import { COLLECTOR_ALERTS, hostAlerts, JOB_ALERTS, UNIT_ALERTS } from "./alloy/alerts";
import type { Stores } from "./alloy/collecting";
import { alloyConfig } from "./alloy/config";
import { HOSTS_DASHBOARD } from "./alloy/dashboard";
import { UNSEEN } from "./unseen";

const PORT = 12345;
const CONFIG = "/etc/alloy/config.alloy";
const DATA = "/var/lib/alloy/data";
const TEXTFILES = "/var/lib/alloy/metrics";
const HOST_ROOT = "/host/root";

/** Where systemd listens for root, of whom it asks nothing. */
const SYSTEMD = "/run/systemd";

/** What differs between one collector and another. */
export interface AlloyArgs {
  name: string;
  group: string;
  /** Networks on which it finds what it asks, and its stores. */
  networks: readonly string[];
  /** Where it writes. */
  stores: (context: ServiceContext) => Stores;
  /** Files of the keys that programs want to be asked with, as it sees them, by the secrets' names. Default: none. */
  keys?: Readonly<Record<string, string>>;
  /** Whether its host has systemd units of the platform, whose state and logs it then collects. Default: false. */
  units?: boolean;
  /** Default: 192 MiB and half a CPU. */
  limits?: ContainerService["limits"];
  /** What collects figures for its `*.prom` files. Default: nothing does. */
  jobs?: ContainerService["jobs"];
}

/**
 * Alloy as the collector of a host: figures of the host, its containers, units and programs, and their logs, all written to stores that
 * may be on another host.
 */
export const alloy = ({
  name,
  group,
  networks,
  stores,
  keys = {},
  units = false,
  limits = { memoryMiB: 192, cpus: 0.5 },
  jobs = [],
}: AlloyArgs): ContainerService => ({
  name,
  group,
  run: {
    image: "docker.io/grafana/alloy:v1.13.0",
    networks,
    writableRoot: UNSEEN,
    entrypoint: ["/bin/alloy"],
    command: [
      "run",
      CONFIG,
      `--storage.path=${DATA}`,
      `--server.http.listen-addr=0.0.0.0:${PORT}`,
      "--disable-reporting",
    ],
    hostMounts: [
      { source: "/", target: HOST_ROOT },
      { source: "/var/run/docker.sock", target: "/var/run/docker.sock" },
      ...(units ? [{ source: SYSTEMD, target: SYSTEMD }] : []),
    ],
  },
  user: { uid: 0, gid: 0 },
  port: PORT,
  files: (context) => [
    {
      path: CONFIG,
      content: alloyConfig(context, {
        collector: { name, networks, keys },
        stores: stores(context),
        hostRoot: HOST_ROOT,
        textfiles: TEXTFILES,
        units,
      }),
      validate: ["validate", CONFIG],
    },
  ],
  data: [
    { path: DATA, directory: name, backup: { kind: "none", reason: "what it keeps is on its way to the stores" } },
    { path: TEXTFILES, directory: "metrics", backup: { kind: "none", reason: "jobs write their figures anew" } },
  ],
  version: { test: ["/bin/alloy", "--version"], pattern: "version v(\\d+\\.\\d+\\.\\d+)" },
  limits,
  alerts: (host) => [...hostAlerts(host), ...COLLECTOR_ALERTS, ...JOB_ALERTS, ...(units ? UNIT_ALERTS : [])],
  dashboards: [HOSTS_DASHBOARD],
  jobs,
  // The image has no wget; its shell opens the connection itself.
  health: {
    test: [
      "/bin/bash",
      "-c",
      `exec 3<>/dev/tcp/127.0.0.1/${PORT}; printf 'GET /-/ready HTTP/1.0\\r\\n\\r\\n' >&3; read -r _ status _ <&3; [ "$status" = 200 ]`,
    ],
    interval: 10,
  },
});
