import type { Checklist } from "./checked";

/**
 * What the kernel of every host is held to: keys as `sysctl` writes them, values as it reports them. `*` stands for every
 * network interface, `all` and `default` among them, as systemd-sysctl takes it: several of these settings are on as soon as
 * either `all` or the interface's own is.
 */
export const SYSCTL = {
  // First: a change of it sets others back to what the kernel thinks right for a router.
  "net.ipv4.ip_forward": {
    value: "1",
    source: "checklist",
    reason: "the documented exception: Docker forwards between its networks and the world",
  },
  "net.ipv4.tcp_syncookies": { value: "1", source: "checklist" },
  "net.ipv4.conf.*.rp_filter": {
    value: "1",
    source: "checklist",
    accepts: ["2"],
    reason:
      "2, loose, on a host that routes networks of others through the VPN: answers leave there by another interface",
  },
  "net.ipv4.conf.*.accept_redirects": { value: "0", source: "checklist" },
  "net.ipv4.conf.*.secure_redirects": { value: "0", source: "checklist" },
  "net.ipv4.conf.*.send_redirects": { value: "0", source: "checklist" },
  "net.ipv4.conf.*.accept_source_route": { value: "0", source: "checklist" },
  "net.ipv4.conf.*.log_martians": { value: "1", source: "checklist" },
  "net.ipv6.conf.*.accept_redirects": { value: "0", source: "checklist" },
  "net.ipv6.conf.*.accept_source_route": { value: "0", source: "checklist", accepts: ["-1"] },
  "kernel.kptr_restrict": { value: "2", source: "checklist" },
  "kernel.yama.ptrace_scope": { value: "1", source: "checklist", accepts: ["2", "3"] },
  "kernel.randomize_va_space": { value: "2", source: "checklist" },
  "kernel.sysrq": { value: "0", source: "checklist" },
  "fs.suid_dumpable": { value: "0", source: "checklist" },
  "fs.protected_hardlinks": { value: "1", source: "checklist" },
  "fs.protected_symlinks": { value: "1", source: "checklist" },
  "fs.protected_regular": { value: "2", source: "checklist" },
  "fs.protected_fifos": { value: "2", source: "checklist" },
} as const satisfies Checklist;

/** Keys that a host may have another value of. */
export type SysctlKey = keyof typeof SYSCTL;

/** Keys that a network namespace has its own of; all others belong to the kernel, and a lab machine shares that with its host. */
export const isOwnOfNamespace = (key: string): boolean => key.startsWith("net.");
