import type { Aspect } from "./aspect";

/** Where cloud-init is, it would bring the provider's name back at each boot. A name that resolves nowhere makes sudo wait. */
const SET = `set -eu
if [ -d /etc/cloud/cloud.cfg.d ]; then echo 'preserve_hostname: true' > /etc/cloud/cloud.cfg.d/60-vpai-hostname.cfg; fi
getent hosts "$1" >/dev/null || echo "127.0.1.1 $1" >> /etc/hosts
hostnamectl hostname "$1"`;

/** The file's last line may not be ended. */
const READ = `kept=; read -r kept < /etc/hostname || :
if [ "$kept" = "$(hostname)" ]; then echo "$kept"; else echo "$(hostname), after a reboot $kept"; fi`;

/** A host's name, now and after a reboot. */
export const hostname: Aspect<string> = {
  observe: async (host) => (await host.script(READ, [], { reads: true })).trim(),
  ensure: async (host, wanted) => void (await host.script(SET, [wanted])),
};
