/** Addresses that the engine gives to networks which say none themselves. */
interface AddressPool {
  /** The whole range: `172.29.0.0/16`. */
  base: string;
  /** Length of the prefix of each network in it. */
  size: number;
}

/** Keys of the engine's `/etc/docker/daemon.json` that every host has, whatever else is in the file. */
export interface EngineSettings {
  "log-driver": "json-file";
  "log-opts": { "max-size": string; "max-file": string };
  "live-restore": boolean;
  "userland-proxy": boolean;
  "no-new-privileges": boolean;
  "default-address-pools": readonly AddressPool[];
}

/** What the engine of every host is told (docs/requirements.md#ansible-conventions, docs/decisions/baseline.md). */
export const ENGINE_SETTINGS: EngineSettings = {
  // Of containers that say nothing themselves, such as those made by hand.
  "log-driver": "json-file",
  "log-opts": { "max-size": "10m", "max-file": "3" },
  // Containers run on while the engine is restarted.
  "live-restore": true,
  "userland-proxy": false,
  "no-new-privileges": true,
  // The first one is the default bridge as the engine makes it anyway. None has an address of a platform's own networks
  // (172.20 and 172.21), of the VPN (100.64.0.0/10), or of what providers and homes use (10.0.0.0/8, 192.168.0.0/16).
  "default-address-pools": [
    { base: "172.17.0.0/16", size: 16 },
    { base: "172.29.0.0/16", size: 24 },
  ],
};
