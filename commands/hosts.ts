import type { Connection } from "@vpai/providers";
import type { UnitHealth } from "../model/checks";
import type { WhenUnreachable } from "../model/stack";
import { prepareStack, pulumiOutput } from "./pulumi";
import { pulumiJson } from "./pulumi-json";

/** A service as the stack's outputs describe it: in a container, or as a systemd unit of its host. */
export interface DeployedService {
  container?: string;
  unit?: string;
  /** Image reference of a container. */
  image?: string;
  /** Of one that runs on demand: the containers to start, one after another. */
  onDemand?: string[];
  /** Name and version of a unit's program. */
  program?: string;
  /** Image that a unit's program is taken out of, where it is. */
  takenFrom?: string;
  /** How a unit is seen to work. Absent in the outputs of older programs. */
  health?: UnitHealth;
  urls?: string[];
}

/** A job of a host: a systemd service, which a timer of the same name starts. */
export interface DeployedJob {
  /** `vpai-obsidian-collector.service` */
  unit: string;
}

/** A program of a host for those who log in. */
export interface DeployedTool {
  /** Absolute path of the folder of its versions. */
  folder: string;
  version: string;
  /** Its commands in /usr/local/bin. */
  commands: string[];
}

/** A host as the stack's outputs describe it. */
export interface DeployedHost {
  connection: Connection;
  publicAddress: string;
  /** Absent in the outputs of older programs. */
  unreachable?: WhenUnreachable;
  services: Record<string, DeployedService>;
  /** Absent where the host has none. */
  jobs?: Record<string, DeployedJob>;
  /** Absent where the host has none. */
  tools?: Record<string, DeployedTool>;
}

/** The stack's hosts by name. @throws when the stack has not been brought up */
export async function deployedHosts(stack: string): Promise<Record<string, DeployedHost>> {
  await prepareStack(stack);
  const hosts = await outputsOf(stack);
  if (Object.keys(hosts).length === 0)
    throw new Error(
      `stack ${stack} has no hosts yet: run \`make up${stack === "lab" ? "" : ` STACK=${stack}`}\` first`,
    );
  return hosts;
}

/** The same of a stack that exists; without hosts, none. */
export async function outputsOf(stack: string): Promise<Record<string, DeployedHost>> {
  const printed = await pulumiOutput(stack, "stack", "output", "--json", "--stack", stack);
  return (pulumiJson(printed, "pulumi stack output --json") as { hosts?: Record<string, DeployedHost> }).hosts ?? {};
}
