import type { Connection } from "@vpai/providers";
import type { Platform } from "../../../model/platform";
import type { Service } from "../../../model/service";
import type { ResourceState } from "../../preview-comment/preview";
import { hostOf } from "../../scope/hosts";
import { nameOf } from "../../engine/urn";
import { type Resource, resourcesIn } from "../../scope/resources";
import type { DeployedHost } from "../../stack/hosts";

/** What a stack is declared by: its platform, its settings, and what its state has. */
export interface Stack {
  name: string;
  platform: Platform;
  vpnEnforce: boolean;
  /** What runs on each host, and whether its computer is a lab's. */
  hosts: Readonly<Record<string, { services: readonly Service[]; isLab: boolean; vpnAddress: string | undefined }>>;
  deployed: Readonly<Record<string, DeployedHost>>;
  states: readonly ResourceState[];
  /** Public keys by the file of a login. @returns undefined where only an agent knows */
  keyOf: (connection: Connection) => Promise<string | undefined>;
}

/** Inputs of a host's resources by their type. */
export type Inputs = (type: string) => Record<string, unknown>[];

/** First part of the type of each resource of a dynamic provider. */
export const DYNAMIC = "pulumi-nodejs:dynamic/vpai/";

/** Resources of a host; a lab machine's own container is one of the machine that it runs on. */
export function statesOn(host: string, { deployed, states }: Stack): ResourceState[] {
  const names = Object.keys(deployed);
  const resources = resourcesIn({ deployment: { resources: [...states] } });
  return states.filter((_state, index) => isOn(host, resources[index] as Resource, names));
}

/** Gives what the state has as inputs of a host's resources. */
export function inputsOf(host: string, stack: Stack): Inputs {
  const own = statesOn(host, stack);
  return (type) => own.filter((state) => state.type === type).map(({ inputs = {} }) => inputs);
}

function isOn(host: string, resource: Resource, hosts: readonly string[]): boolean {
  if (resource.type.startsWith("docker:"))
    return resource.provider !== undefined && nameOf(resource.provider) === `${host}/engine`;
  return hostOf(resource, hosts) === host;
}
