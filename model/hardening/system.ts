/** Parts of a system that may be somebody else's: a container has those of the computer that it runs on. */
export type SystemPart = "hostname" | "swap" | "upgrades" | "kernel options";

/** MiB that a host's journal may take (docs/decisions/baseline.md). */
export const JOURNAL_MIB = 512;

/** Options of a Raspberry Pi's kernel without which containers have no memory limit; other boards have no such file. */
export const KERNEL_OPTIONS: readonly string[] = ["cgroup_enable=memory", "cgroup_memory=1"];

/** Who works on the hosts of a stack, beside root. */
export interface Operator {
  /** Name of the account, the same on every host. */
  user: string;
  /** Public keys that it logs in with, as in `authorized_keys`, without options and comment. Default: none. */
  keys?: readonly string[];
  /** What becomes of keys of the account that are not among them. */
  otherKeys: "keep" | "remove";
}

/** Groups of the operator's account: it becomes root, and Docker's clients come as it. */
export const OPERATOR_GROUPS: readonly string[] = ["sudo", "docker"];
