import type { UnitHealth } from "./checks";
import type { Connection } from "./connection";
import type { WhenUnreachable } from "./stack";

/** What a stack tells whoever runs it: its program makes these, and commands read them out of its state. */
export interface StackOutputs {
  /** By name. */
  hosts: Record<string, HostOutput>;
}

/** What a stack tells of a host. */
export interface HostOutput {
  /** How to log in. */
  connection: Connection;
  /** Address that the world reaches the host on. */
  publicAddress: string;
  /** What a command that cannot reach it makes of that. */
  unreachable: WhenUnreachable;
  services: Record<string, ServiceOutput>;
  jobs: Record<string, JobOutput>;
  tools: Record<string, ToolOutput>;
}

/** A program for those who log in. */
export interface ToolOutput {
  /** Absolute path of the folder of its versions. */
  folder: string;
  version: string;
  /** Its commands in /usr/local/bin. */
  commands: string[];
}

/** A job: a systemd service, which a timer of the same name starts. */
interface JobOutput {
  /** `vpai-obsidian-collector.service` */
  unit: string;
}

interface Sites {
  /** The service's sites. */
  urls: string[];
}

/** A service in a container. */
export interface ContainerOutput extends Sites {
  /** Its name on the host. */
  container: string;
  /** Image reference as configured. */
  image: string;
  /** Of one that runs on demand: the containers to start, one after another, the last its own. */
  onDemand?: string[];
}

/** A service that is a systemd unit of its host. */
export interface UnitOutput extends Sites {
  /** `opencode.service` */
  unit: string;
  /** Name and version of its program. */
  program: string;
  /** Image that the program is taken out of, where it is. */
  takenFrom?: string;
  /** How it is seen to work. */
  health: UnitHealth;
}

/** What a stack tells of a service, whatever runs it. */
export type ServiceOutput = ContainerOutput | UnitOutput;
