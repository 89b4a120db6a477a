import { writeFile } from "../host/write-file";
import type { Aspect } from "./aspect";

/** What the host upgrades by itself. */
export type Upgrades = "security";

const FILE = "/etc/apt/apt.conf.d/90vpai-upgrades";
const TIMERS = ["apt-daily.timer", "apt-daily-upgrade.timer"];

/** Security upgrades of Debian and Ubuntu alone, and no reboot; the distribution's own lists would bring others, too. */
const CONTENT = `APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
#clear Unattended-Upgrade::Allowed-Origins;
#clear Unattended-Upgrade::Origins-Pattern;
Unattended-Upgrade::Origins-Pattern {
  "origin=Debian,codename=\${distro_codename}-security,label=Debian-Security";
  "origin=Ubuntu,archive=\${distro_codename}-security";
};
Unattended-Upgrade::Automatic-Reboot "false";
`;

/** What is in force, and what is not as it should be, in a line each; nothing when all is. */
const READ = `command -v unattended-upgrade >/dev/null || echo "no unattended-upgrades"
eval "$(apt-config shell lists APT::Periodic::Update-Package-Lists on APT::Periodic::Unattended-Upgrade reboot Unattended-Upgrade::Automatic-Reboot)"
[ "\${lists-}" = 1 ] && [ "\${on-}" = 1 ] || echo "switched off"
[ "\${reboot-}" = false ] || echo "reboots"
patterns=$(apt-config dump | grep -cE '^Unattended-Upgrade::(Allowed-Origins|Origins-Pattern)::')
security=$(apt-config dump | grep -E '^Unattended-Upgrade::Origins-Pattern::' | grep -c -- -security)
[ "$patterns" = 2 ] && [ "$security" = 2 ] || echo "other origins"
for timer in "$@"; do
  systemctl is-enabled --quiet "$timer" && systemctl is-active --quiet "$timer" || echo "$timer is off"
done`;

/** Security upgrades that the host installs by itself, without a reboot. */
export const upgrades: Aspect<Upgrades> = {
  async observe(host, wanted) {
    const found = (await host.script(READ, TIMERS, { reads: true })).trim();
    return found === "" ? wanted : (found.replaceAll("\n", ", ") as Upgrades);
  },
  async ensure(host) {
    await writeFile(host, { path: FILE, content: CONTENT, owner: "0:0", mode: "0644" });
    await host.output(["systemctl", "enable", "--now", "--quiet", ...TIMERS]);
  },
};
