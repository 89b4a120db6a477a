import { type Resource, runtime } from "@pulumi/pulumi";
import type { Place } from "@vpai/providers";
import type { HostContext } from "../host-context";
import type { Login } from "../machines/registry-logins";
import type { ContainerSpec } from "./spec";

/** A service in a container while its resources are made. */
export interface Made {
  /** Name of its own resource, and first part of those of its parts. */
  resource: string;
  host: HostContext;
  spec: ContainerSpec;
  place: Place;
  parent: Resource;
}

/** All logins at registries: the version before may come from another one. */
export const loginsOf = ({ machine }: HostContext): Login[] => [...machine.logins];

/** What only a run can know, with its moment: found again, it is another one. Where nothing is wrong, it is no input at all. */
export function seen(look: () => Promise<string | undefined>): { found?: Promise<string> } {
  if (runtime.isDryRun()) return {};
  const fault = look();
  return { found: fault.then((what) => what && `${what}, seen ${new Date().toISOString()}`) as Promise<string> };
}
