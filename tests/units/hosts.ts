import type { PlatformHost } from "../../model/platform";

export const HOSTS: Readonly<Record<string, PlatformHost>> = {
  bench: { purpose: "systemd units and jobs, for tests", groups: ["units"], networks: {} },
};
