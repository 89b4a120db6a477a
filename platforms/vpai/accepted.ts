import type { Accepted } from "../../model/audit";

/** Containers that have Docker's socket, or a folder with it, and why. */
const WITH_SOCKET: readonly Accepted[] = [
  ...["vpai_alloy", "vpn_hub-monitoring", "workstation_workstation-monitoring"].map((name) => ({
    check: "hardening",
    subject: `${name}/docker-socket`,
    reason:
      "the collector reads the containers' logs and the host's figures (docs/decisions/monitoring-host-access.md)",
  })),
  ...["vpai_cadvisor", "workstation_workstation-containers"].map((name) => ({
    check: "hardening",
    subject: `${name}/docker-socket`,
    reason: "it measures the containers (docs/decisions/monitoring-host-access.md)",
  })),
  {
    check: "hardening",
    subject: "vpai_sandboxes/docker-socket",
    reason: "the broker is the filter before the socket, for sandboxes alone (docs/decisions/openclaw-sandboxes.md)",
  },
  {
    check: "hardening",
    subject: "workstation_starter/docker-socket",
    reason: "the starter is the filter before the socket, for start and stop alone (docs/decisions/opencut.md)",
  },
];

/** What an audit of the hosts would find, and what is meant to be so. */
export const ACCEPTED: readonly Accepted[] = [
  ...WITH_SOCKET,
  {
    check: "hardening",
    subject: "*/pids",
    reason: "Pulumi's Docker provider cannot say a limit of processes (docs/decisions/no-pids-limit.md)",
  },
  {
    check: "unit",
    subject: "snap*",
    reason: "snapd of Ubuntu makes units of what it has installed",
  },
];
