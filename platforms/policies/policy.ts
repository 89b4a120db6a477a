import type { ServiceContext } from "../../model/context";
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
  /** What its services are told. */
  context: ServiceContext;
}

/** Something that is wrong in a platform as a stack wants it. */
export interface Violation {
  /** Where: a host, or a service on it. */
  place: string;
  problem: string;
  /** What to change. */
  mend: string;
}

/** One rule, over the whole platform. */
export type Policy = (plans: readonly HostPlan[]) => Violation[];

/** What is wrong with one service, without its place. */
type Finding = Omit<Violation, "place">;

/** A rule that looks at one host. */
export const onEachHost =
  (rule: (plan: HostPlan) => Violation[]): Policy =>
  (plans) =>
    plans.flatMap(rule);

/** A rule that looks at one service. */
export const onEachService = (rule: (service: Service, plan: HostPlan) => Finding[]): Policy =>
  onEachHost((plan) =>
    plan.services.flatMap((service) =>
      rule(service, plan).map((finding) => ({ place: placeOf(plan, service), ...finding })),
    ),
  );

/** A rule that looks at one service in a container. */
export const onEachContainer = (rule: (service: ContainerService, plan: HostPlan) => Finding[]): Policy =>
  onEachService((service, plan) => (isContainerService(service) ? rule(service, plan) : []));

export const placeOf = (plan: HostPlan, service: Service): string => `${plan.name}/${service.name}`;
