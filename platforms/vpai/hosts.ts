import type { PlatformHost } from "../../model/platform";

/** The three computers (docs/requirements.md#hosts). */
export const HOSTS: Readonly<Record<string, PlatformHost>> = {
  "sese-ai": {
    purpose: "the platform's services",
    groups: ["core", "apps", "monitoring"],
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
    groups: [],
    networks: {},
    folder: "/opt/vpn",
    prefix: "vpn_",
  },
  workstation: {
    purpose: "creative studio and development, Raspberry Pi 5",
    groups: [],
    networks: {},
    folder: "/opt/workstation",
    prefix: "workstation_",
    oftenOffline: true,
  },
};
