import type { Output } from "@pulumi/pulumi";
import type { Connection } from "@vpai/providers";
import type { UnitHealth } from "../../model/checks";
import type { HostView } from "../../model/context";
import { startedWith } from "../../model/peers";
import { folderOn, type Platform, type PlatformHost, prefixOn } from "../../model/platform";
import { programFolder } from "../../model/program";
import { isOnDemand, type UnitRun } from "../../model/run";
import { isContainerService, isUnitService, type Service, type UnitService, unitOf } from "../../model/service";
import { urlOf } from "../../model/site";
import { whenUnreachable, type WhenUnreachable } from "../../model/stack";
import type { HostPlan } from "../../platforms";
import type { Host } from "../hosts/host";
import { healthOf } from "../unit/spec";
import { type Deployment, hostIn, jobsOn } from "./plans";

/** What a stack tells of a host to whoever runs it. */
export interface HostOutput {
  /** How to log in. */
  connection: Output<Connection>;
  /** Address that the world reaches the host on. */
  publicAddress: Output<string>;
  /** What a command that cannot reach it makes of that. */
  unreachable: WhenUnreachable;
  services: Record<string, ServiceOutput>;
  jobs: Record<string, JobOutput>;
  tools: Record<string, ToolOutput>;
}

/** What a stack tells of a program for those who log in. */
interface ToolOutput {
  /** Absolute path of the folder of its versions. */
  folder: string;
  version: string;
  /** Its commands in /usr/local/bin. */
  commands: string[];
}

/** What a stack tells of a job: the name of its systemd service on the host. */
interface JobOutput {
  unit: string;
}

/** What a stack tells of a service: the name of its container or systemd unit on the host, and what it runs. */
type ServiceOutput = {
  /** The service's sites. */
  urls: string[];
} & (
  | {
      container: string;
      /** Image reference as configured. */
      image: string;
      /** Of one that runs on demand: the containers to start, one after another, the last its own. */
      onDemand?: string[];
    }
  | {
      unit: string;
      /** Name and version of its program. */
      program: string;
      /** Image that the program is taken out of, where it is. */
      takenFrom?: string;
      /** How it is seen to work. */
      health: UnitHealth;
    }
);

const toolsOn = ({ name: platform }: Platform, host: PlatformHost): Record<string, ToolOutput> => {
  const folder = folderOn(platform, host);
  return Object.fromEntries(
    (host.tools ?? []).map((tool) => [
      tool.name,
      { folder: programFolder(folder, tool), version: tool.version, commands: Object.keys(tool.commands ?? {}) },
    ]),
  );
};

/** What a stack tells of a unit's program. */
const programOf = ({ program: { name, version, source } }: UnitRun) => ({
  program: `${name} ${version}`,
  ...(source.kind === "image" ? { takenFrom: source.reference } : {}),
});

/** @param folder of the platform on its host */
const describeUnit = (service: UnitService, folder: string) => ({
  unit: unitOf(service),
  ...programOf(service.run),
  health: healthOf(service, { folder }),
});

/** What a stack tells of a host's services. @param views what runs where */
const describeServices = (
  { name: host, host: description, services }: HostPlan,
  views: readonly HostView[],
  { platform, config }: Deployment,
): Record<string, ServiceOutput> => {
  const folder = folderOn(platform.name, description);
  const containerOf = ({ name }: Service): string => `${prefixOn(platform.name, description)}${name}`;
  const urlsOf = ({ expose = [] }: Service): string[] => expose.map((exposure) => urlOf(exposure, config.domain));
  const startedBy = (service: Service) =>
    isOnDemand(service.run) ? { onDemand: startedWith(service, views, host).map(containerOf) } : {};
  return Object.fromEntries<ServiceOutput>([
    ...services.filter(isContainerService).map((service): [string, ServiceOutput] => {
      const { image } = service.run;
      return [service.name, { container: containerOf(service), image, urls: urlsOf(service), ...startedBy(service) }];
    }),
    ...services
      .filter(isUnitService)
      .map((service): [string, ServiceOutput] => [
        service.name,
        { ...describeUnit(service, folder), urls: urlsOf(service) },
      ]),
  ]);
};

/** What a stack tells of a host. @param views what runs where */
export function outputOf(plan: HostPlan, host: Host, views: readonly HostView[], deployment: Deployment): HostOutput {
  const { platform, config } = deployment;
  return {
    connection: host.connection,
    publicAddress: host.publicAddress,
    unreachable: whenUnreachable(hostIn(config, plan.name), plan.host),
    services: describeServices(plan, views, deployment),
    jobs: Object.fromEntries(jobsOn(plan).map(({ job: { name } }) => [name, { unit: `${name}.service` }])),
    tools: plan.services.length === 0 ? {} : toolsOn(platform, plan.host),
  };
}
