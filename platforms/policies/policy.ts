import type { Bucket } from "../../model/bucket";
import type { ServiceContext } from "../../model/context";
import type { Finding } from "../../model/finding";
import type { PlatformHost } from "../../model/platform";
import { type ContainerService, isContainerService, type Service } from "../../model/service";
import type { StackHost } from "../../model/stack";

/** A host with what a stack puts on it. */
export interface HostPlan extends Pick<StackHost, "memoryMiB" | "architecture"> {
  name: string;
  host: PlatformHost;
  services: readonly Service[];
  /** Undefined for a host that is no VPN node. */
  vpnAddress: string | undefined;
  /** What public ports listen on, where that is known beforehand. */
  bindAddress?: string;
  /** Whether its computer can be given an image, where that is known beforehand. Default: every image. */
  hasImage?: (reference: string) => boolean;
  /** Whether its computer is given a program by that name, whatever its source says, where that is known beforehand. Default: none. */
  hasProgram?: (name: string) => boolean;
  /** What its services are told. */
  context: ServiceContext;
}

/** One rule, over the whole platform and the buckets that the stack wants. */
export type Policy = (plans: readonly HostPlan[], buckets: readonly Bucket[]) => Finding[];

/** What is wrong with one service, without its place. */
type Fault = Omit<Finding, "where">;

/** A rule over hosts alone. */
type HostsPolicy = (plans: readonly HostPlan[]) => Finding[];

/** A rule that looks at one host. */
export const onEachHost =
  (rule: (plan: HostPlan) => Finding[]): HostsPolicy =>
  (plans) =>
    plans.flatMap(rule);

/** A rule that looks at one service. */
export const onEachService = (rule: (service: Service, plan: HostPlan) => Fault[]): HostsPolicy =>
  onEachHost((plan) =>
    plan.services.flatMap((service) =>
      rule(service, plan).map((fault) => ({ where: placeOf(plan, service), ...fault })),
    ),
  );

/** A rule that looks at one service in a container. */
export const onEachContainer = (rule: (service: ContainerService, plan: HostPlan) => Fault[]): HostsPolicy =>
  onEachService((service, plan) => (isContainerService(service) ? rule(service, plan) : []));

/** Where a service is, for messages: `sese-ai/n8n`. */
export const placeOf = (plan: HostPlan, service: Service): string => `${plan.name}/${service.name}`;
