import type { Output, Resource } from "@pulumi/pulumi";
import { type Connection, Sysctl } from "@vpai/providers";
import { isOwnOfNamespace, SYSCTL } from "../../../model/hardening/sysctl";
import type { PlatformHost } from "../../../model/platform";
import type { Machine } from "../../machines/machine";
import type { Layer } from "./layer";

/** A host before anything runs on it. */
interface Plain {
  name: string;
  connection: Output<Connection>;
  machine: Pick<Machine, "ownsKernel">;
  description: Pick<PlatformHost, "sysctl">;
  parent: Resource;
}

/** The layer that holds the kernel to the checklist: all of it, or what a machine has of its own. */
export const sysctlLayer: Layer<Plain> = ({ name, connection, machine, description, parent }, after) => {
  const { ownsKernel = true } = machine;
  const values = sysctlOf(description, ownsKernel);
  const sysctl = new Sysctl(`${name}/sysctl`, { connection, values }, { parent, dependsOn: [...after] });
  return { ready: [sysctl] };
};

/** The checklist's values with those of the host; a key that the host leaves out, or that is not the machine's own, is not there. */
export function sysctlOf({ sysctl = {} }: Plain["description"], ownsKernel: boolean): Record<string, string> {
  const values: Record<string, string | false> = {
    ...Object.fromEntries(Object.entries(SYSCTL).map(([key, { value }]) => [key, value])),
    ...sysctl,
  };
  return Object.fromEntries(
    Object.entries(values).filter(
      (pair): pair is [string, string] => pair[1] !== false && (ownsKernel || isOwnOfNamespace(pair[0])),
    ),
  );
}
