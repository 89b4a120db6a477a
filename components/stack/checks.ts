import type { StackConfig } from "../../config";
import type { Bucket } from "../../model/bucket";
import type { HostView } from "../../model/context";
import { UserError } from "../../model/finding";
import { folderOn, hostJobsOf, prefixOn } from "../../model/platform";
import type { SecretDeclaration } from "../../model/secret";
import { imagesOf, isContainerService, isUnitService, jobImagesOf, type Service } from "../../model/service";
import { checkPlatform, type HostPlan } from "../../platforms";
import { containerSpec } from "../container/spec";
import { jobSpec } from "../jobs/spec";
import { warnOfTags, warnOfUnpublished } from "../machines/locked-image";
import { unitFile, unitSpec } from "../unit/spec";
import { type Deployment, hostIn, jobsOn, ownerOn } from "./plans";

/** @throws UserError for what the platform or the stack's file gets wrong: nothing has been made yet */
export function expectDeployable(plans: readonly HostPlan[], buckets: readonly Bucket[], deployment: Deployment): void {
  checkPlatform(plans, buckets);
  expectClosable(deployment.config);
  for (const plan of plans) describe(plan, deployment);
}

/** Warns of images that are pinned by tag alone, or that nobody has published. */
export function warnOfImages(
  views: readonly HostView[],
  plans: readonly HostPlan[],
  { config, lock }: Deployment,
): void {
  const pulling = pullingServices(views, config);
  warnOfTags([...imagesOf(pulling), ...pulledByHosts(plans, config)], lock);
  warnOfUnpublished(pulling, lock);
}

/** Any other computer gets its images and packages from outside. @throws UserError */
function expectClosable({ isolated, hosts }: StackConfig): void {
  const [open] = Object.entries(hosts).filter(([, { machine }]) => machine.kind !== "lab");
  if (isolated && open !== undefined)
    throw new UserError(
      `vpai:isolated: expected lab machines alone, found ${open[0]} on a machine of kind ${open[1].machine.kind}, ` +
        "which gets its images from outside: leave the key out",
    );
}

/** Describes all that runs on a host: what a service's own file gets wrong throws here, before anything was made of another one. */
function describe({ name, host, services, context }: HostPlan, { platform, config }: Deployment): void {
  const place = {
    owner: ownerOn(platform, name),
    folder: folderOn(platform.name, host),
    prefix: prefixOn(platform.name, host),
    context,
    exists: (secret: SecretDeclaration) => config.secrets[secret.name] !== undefined || secret.origin === "random",
  };
  for (const service of services.filter(isContainerService)) containerSpec(service, place);
  for (const service of services.filter(isUnitService)) unitFile(unitSpec(service, place));
  for (const { job, owner } of jobsOn({ host, services, context })) jobSpec(job, owner, place).service("");
}

/** Images of hosts' own jobs that come from the world's registries. */
const pulledByHosts = (plans: readonly HostPlan[], config: StackConfig): string[] =>
  plans
    .filter(({ name }) => hostIn(config, name).machine.kind !== "lab")
    .flatMap(({ host, context }) => jobImagesOf(hostJobsOf(host, context)));

/** Services whose images come from the world's registries; a lab's come from its own. */
const pullingServices = (views: readonly HostView[], config: StackConfig): Service[] =>
  views.filter(({ name }) => hostIn(config, name).machine.kind !== "lab").flatMap(({ services }) => services);
