import { readFileSync } from "node:fs";

/** Linux capabilities by number (capabilities(7), linux/capability.h). */
// prettier-ignore
const NAMES = [
  "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP", "LINUX_IMMUTABLE",
  "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER", "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT",
  "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE",
  "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP", "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND",
] as const;

/** Capability names of a mask as /proc prints it, 16 hexadecimal digits. Numbers that we have no name for are left out. */
export const capabilitiesOf = (mask: string): string[] =>
  NAMES.filter((_name, bit) => ((BigInt(`0x${mask}`) >> BigInt(bit)) & 1n) === 1n);

/**
 * What a lab machine may be given: what this machine itself has. Asking for all of them fails on machines that
 * lack one, and so does `privileged`.
 */
export function availableCapabilities(status: string = readFileSync("/proc/self/status", "utf8")): string[] {
  const mask = /^CapBnd:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  if (mask === undefined)
    throw new Error("expected CapBnd in /proc/self/status, found none: the lab needs a Linux machine");
  return capabilitiesOf(mask).map((name) => `CAP_${name}`);
}
