import { writeFile } from "../host/write-file";
import type { Aspect } from "./aspect";

const FILE = "/etc/systemd/journald.conf.d/60-vpai.conf";

/** The last one that is set wins, whichever file has it. */
const READ = "systemd-analyze cat-config systemd/journald.conf | sed -n 's/^SystemMaxUse=//p' | tail -n 1";

const MIB: Readonly<Record<string, number>> = { "": 2 ** -20, K: 2 ** -10, M: 1, G: 2 ** 10, T: 2 ** 20 };

/** MiB of a size as systemd writes it: `512M`; 0 for none, or one in percent. */
const mebibytesOf = (size: string): number => {
  const [, count = "0", unit = ""] = /^(\d+)([KMGT]?)$/.exec(size) ?? [];
  return Number(count) * (MIB[unit] ?? 0);
};

/** MiB that a host's journal takes at most. */
export const journal: Aspect<number> = {
  observe: async (host) => mebibytesOf((await host.script(READ, [], { reads: true })).trim()),
  async ensure(host, wanted) {
    await writeFile(host, {
      path: FILE,
      content: `[Journal]\nSystemMaxUse=${wanted}M\n`,
      owner: "0:0",
      mode: "0644",
    });
    await host.output(["systemctl", "restart", "systemd-journald.service"]);
  },
};
