import type { Machine } from "./machine";

/** What a check found. */
export interface Finding {
  /** `fatal` stops `make up`; `warning` is worth knowing. */
  status: "ok" | "warning" | "fatal";
  /** What there is, such as "20.20.1" or "none". */
  found: string;
  /** What is expected and how to get it; absent when all is well. */
  advice?: string;
}

/** One question about a computer. */
export interface Check {
  name: string;
  inspect(machine: Machine): Promise<Finding> | Finding;
}

/** All is well. */
export const ok = (found: string): Finding => ({ status: "ok", found });
/** Something is worth knowing. */
export const warning = (found: string, advice: string): Finding => ({ status: "warning", found, advice });
/** Something is missing without which `make up` cannot work. */
export const fatal = (found: string, advice: string): Finding => ({ status: "fatal", found, advice });

/** Whether set-up can install packages by itself: as root, where there is apt-get. */
export function canInstall(machine: Machine): boolean {
  return machine.isRoot && machine.find("apt-get") !== undefined;
}

/** The finding for a program that is missing and that set-up installs where it can. */
export function missing(machine: Machine, aptPackage: string): Finding {
  if (canInstall(machine)) return warning("none", `set-up installs the package ${aptPackage}`);
  return fatal("none", `install it: sudo apt-get install ${aptPackage}`);
}
