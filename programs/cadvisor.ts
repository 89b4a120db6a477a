import type { ContainerService } from "../model/service";
import { CONTAINER_ALERTS } from "./cadvisor/alerts";
import { CONTAINERS_DASHBOARD } from "./cadvisor/dashboard";

const PORT = 8080;

/** Kinds that nobody looks at, that cost much, or that need rights which the container does not have. */
const DISABLED = [
  ...["advtcp", "cpu_topology", "cpuset", "disk", "hugetlb", "memory_numa", "oom_event", "percpu", "perf_event"],
  ...["process", "referenced_memory", "resctrl", "sched", "tcp", "udp"],
];

/** What differs between one cAdvisor and another. */
interface CadvisorArgs {
  name: string;
  group: string;
  /** Networks on which the host's collector asks it. */
  networks: readonly string[];
}

/** cAdvisor: figures of a host's containers, for its collector. */
export const cadvisor = ({ name, group, networks }: CadvisorArgs): ContainerService => ({
  name,
  group,
  run: {
    image: "ghcr.io/google/cadvisor:v0.55.1",
    networks,
    command: [
      `--port=${PORT}`,
      "--docker_only=true",
      "--housekeeping_interval=15s",
      "--store_container_labels=false",
      "--whitelisted_container_labels=dev.vpai.service",
      `--disable_metrics=${DISABLED.join(",")}`,
    ],
    hostMounts: [
      { source: "/", target: "/rootfs" },
      { source: "/sys", target: "/sys" },
      { source: "/var/lib/docker", target: "/var/lib/docker" },
      { source: "/var/run/docker.sock", target: "/var/run/docker.sock" },
      // It leaves Docker's containers out unless containerd answers, too.
      { source: "/run/containerd/containerd.sock", target: "/run/containerd/containerd.sock" },
    ],
  },
  user: { uid: 0, gid: 0 },
  port: PORT,
  limits: { memoryMiB: 96, cpus: 0.25 },
  metrics: {},
  alerts: () => CONTAINER_ALERTS,
  dashboards: [CONTAINERS_DASHBOARD],
  health: { test: ["wget", "-q", "-O", "/dev/null", `http://127.0.0.1:${PORT}/healthz`], interval: 10 },
  version: { test: ["cadvisor", "--version"], pattern: "version v(\\d+\\.\\d+\\.\\d+)" },
});
