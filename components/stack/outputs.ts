import type { Output } from "@pulumi/pulumi";
import type { HostView } from "../../model/context";
import type {
  ContainerOutput,
  HostOutput,
  ServiceOutput,
  StackOutputs,
  ToolOutput,
  UnitOutput,
} from "../../model/outputs";
import { startedWith } from "../../model/peers";
import { folderOn, type Platform, type PlatformHost, prefixOn } from "../../model/platform";
import { programFolder } from "../../model/program";
import { isOnDemand, type UnitRun } from "../../model/run";
import { isContainerService, isUnitService, type Service, type UnitService, unitOf } from "../../model/service";
import { urlOf } from "../../model/site";
import { whenUnreachable } from "../../model/stack";
import type { HostPlan } from "../../platforms";
import type { Host } from "../hosts/host";
import { healthOf } from "../unit/spec";
import { type Deployment, hostIn, jobsOn } from "./plans";

/** Known once the host is there. */
type Late = "connection" | "publicAddress";

/** What a stack tells of a host, while its program runs. */
export type LateHostOutput = Omit<HostOutput, Late> & { [Key in Late]: Output<HostOutput[Key]> };

/** What a stack tells, while its program runs. */
export type LateStackOutputs = { [Key in keyof StackOutputs]: Record<string, LateHostOutput> };

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
const programOf = ({ program: { name, version, source } }: UnitRun): Pick<UnitOutput, "program" | "takenFrom"> => ({
  program: `${name} ${version}`,
  ...(source.kind === "image" ? { takenFrom: source.reference } : {}),
});

/** @param folder of the platform on its host */
const describeUnit = (service: UnitService, folder: string): Omit<UnitOutput, "urls"> => ({
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
  const startedBy = (service: Service): Pick<ContainerOutput, "onDemand"> =>
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
export function outputOf(
  plan: HostPlan,
  host: Host,
  views: readonly HostView[],
  deployment: Deployment,
): LateHostOutput {
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
