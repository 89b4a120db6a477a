import { createHash } from "node:crypto";

/** Folder on a host that guards keep things in, unless they are told another. */
export const GUARDS = "/var/lib/vpai/guard";

/** One guard on one host. */
export interface Place {
  /** Holds what was kept, and the program `revert`. Not there: nothing is pending. */
  folder: string;
  unit: string;
  /** The unit that the next boot starts, and the link by which it does. */
  atBoot: readonly [string, string];
}

/** What a guard is told of where it keeps things. */
interface Named {
  name: string;
  folder?: string;
  units?: string;
}

/** @param id of the resource: two of a kind have guards of their own */
export function placeOf({ name, folder = GUARDS, units = "/etc/systemd/system" }: Named, id: string): Place {
  const unit = `vpai-guard-${name}-${createHash("sha256").update(id).digest("hex").slice(0, 8)}`;
  const service = `${unit}-boot.service`;
  const atBoot = [`${units}/${service}`, `${units}/multi-user.target.wants/${service}`] as const;
  return { folder: `${folder}/${unit}`, unit, atBoot };
}
