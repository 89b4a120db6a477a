/** Distributions that a host may have, as `ID` of `/etc/os-release` names them. */
type Distribution = "debian" | "ubuntu";

/** A package of the host's distribution, of whatever version that has. */
export interface SystemPackage {
  /** Any of them will do; where none is there, the first is installed. */
  names: readonly [string, ...string[]];
  /** The distribution that has it. Default: every one. */
  on?: Distribution;
}

/** What every host has, whatever it runs. Docker's own packages do in place of the distribution's. */
export const BASE_PACKAGES: readonly SystemPackage[] = [
  { names: ["ca-certificates"] },
  // Downloads the programs of units, and tells of jobs how they ended.
  { names: ["curl"] },
  { names: ["iproute2"] },
  { names: ["sudo"] },
  { names: ["unattended-upgrades"] },
  // The firewall's, and those of who bans failed logins; python3-systemd reads sshd's log from the journal.
  { names: ["ufw"] },
  { names: ["nftables"] },
  { names: ["iptables"] },
  { names: ["fail2ban"] },
  { names: ["python3-systemd"] },
  { names: ["docker.io", "docker-ce"] },
  // Ubuntu's `docker.io` has the command line inside.
  { names: ["docker-cli", "docker-ce-cli"], on: "debian" },
];
