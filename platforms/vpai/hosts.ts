import type { ServiceContext } from "../../model/context";
import type { HostJob } from "../../model/job";
import type { PlatformHost } from "../../model/platform";
import { auditJob } from "../../programs/audit";
import { backupJobs } from "../../programs/backup";
import { offsiteJobs } from "../../programs/offsite";
import { ACCEPTED } from "./accepted";
import { CODING_TOOLS } from "./tools";

/** What each host has done itself: its backups, and a look at how hard it is. */
const ownJobs = (context: ServiceContext): HostJob[] => [
  ...backupJobs(context),
  auditJob(context, { accepted: ACCEPTED, host: HOSTS[context.host] ?? {} }),
];

/** The zone is the owner's (docs/decisions/time-zone.md), the swap no source's (docs/decisions/baseline.md). */
const SYSTEM = { timeZone: "Europe/Paris", swapMiB: 1024 } as const;

/** The three computers (docs/requirements.md#hosts). */
export const HOSTS: Readonly<Record<string, PlatformHost>> = {
  "sese-ai": {
    purpose: "the platform's services",
    groups: ["core", "apps", "monitoring"],
    jobs: ownJobs,
    ...SYSTEM,
    // Debian, the engine, the VPN and the intrusion guards; no source gives a number (docs/decisions/limits.md).
    systemMiB: 1024,
    // Names, subnets and flags: docs/requirements.md#networks.
    networks: {
      frontend: { subnet: "172.20.1.0/24", internal: false },
      backend: { subnet: "172.20.2.0/24", internal: true },
      monitoring: { subnet: "172.20.3.0/24", internal: true },
      egress: { subnet: "172.20.4.0/24", internal: false },
      sandbox: { subnet: "172.20.5.0/24", internal: true },
    },
  },
  "seko-vpn": {
    purpose: "VPN hub, backups and outside monitoring",
    groups: ["vpn"],
    jobs: (context) => [...ownJobs(context), ...offsiteJobs(["storage"])],
    ...SYSTEM,
    // Debian, the engine, the VPN and the nightly backup (docs/decisions/collectors.md).
    systemMiB: 384,
    // No source names any: the fewest that work, cut as Sese-AI's are (docs/decisions/hub.md).
    networks: {
      frontend: { subnet: "172.21.1.0/24", internal: false },
      // Zerobyte's, which reads other hosts and writes to object storage from there.
      storage: { subnet: "172.21.3.0/24", internal: false },
    },
    folder: "/opt/vpn",
    prefix: "vpn_",
  },
  workstation: {
    purpose: "creative studio and development, Raspberry Pi 5",
    groups: ["studio"],
    jobs: ownJobs,
    ...SYSTEM,
    // The name is the sources'; the subnet has none (docs/decisions/workstation.md).
    networks: {
      workstation_creative: { subnet: "172.21.1.0/24", internal: false },
      // OpenCut's own servers (docs/decisions/opencut.md).
      opencut: { subnet: "172.21.2.0/24", internal: true },
    },
    folder: "/opt/workstation",
    prefix: "workstation_",
    oftenOffline: true,
    tools: CODING_TOOLS,
  },
};
