import { getStack } from "@pulumi/pulumi";
import type { LoadedConfig } from "../config";
import type { ImageLock } from "../images/lock";
import type { Platform } from "../model/platform";
import type { HostPlan } from "../platforms";
import { makeBuckets } from "./buckets";
import { Fleet } from "./fleet";
import { Host } from "./hosts/host";
import { Machines } from "./machines";
import { Preparation } from "./preparation";
import { makePublicDns } from "./public-dns";
import { type SecretKeeper, SecretStore } from "./secret-store";
import { expectDeployable, warnOfImages } from "./stack/checks";
import { type LateHostOutput, type LateStackOutputs, outputOf } from "./stack/outputs";
import { type Deployment, hostIn, ownerOn, planOf, viewOf } from "./stack/plans";

/**
 * Puts a platform on a stack's computers.
 * @param lock what their registries said of the images
 * @throws UserError before anything is touched
 */
export function deploy(platform: Platform, config: LoadedConfig, lock: ImageLock): LateStackOutputs["hosts"] {
  const deployment = { platform, config, lock };
  const views = Object.keys(config.hosts).map((name) => viewOf(name, deployment));
  const plans = views.map((view) => planOf(view, views, deployment));
  const buckets = platform.buckets?.(config.settings) ?? [];
  expectDeployable(plans, buckets, deployment);
  warnOfImages(views, plans, deployment);
  const hosts = new Map<string, Host>();
  const preparation = new Preparation();
  const secrets = new SecretStore("secrets", config, () => keeperAmong(hosts));
  const machines = new Machines({ platform, stack: getStack(), secrets, lock, registries: config.registries });
  const outputs = plans.map((plan): [string, LateHostOutput] => {
    const host = makeHost(plan, deployment, { machines, secrets, preparation });
    hosts.set(plan.name, host);
    return [plan.name, outputOf(plan, host, views, deployment)];
  });
  makeBuckets(buckets, { secrets, protect: [...hosts.values()].some(({ protects }) => protects) });
  const addresses = Object.fromEntries(outputs.map(([name, { publicAddress }]) => [name, publicAddress]));
  if (config.ovh !== undefined) makePublicDns({ ...config, ovh: config.ovh, views, secrets, addresses });
  new Fleet({ hosts, views, stack: config, secrets, preparation, leaves: config.leaves }).start();
  return Object.fromEntries(outputs);
}

/** What the hosts of a stack share. */
interface Shared {
  machines: Machines;
  secrets: SecretStore;
  preparation: Preparation;
}

function makeHost(plan: HostPlan, { platform, config }: Deployment, { machines, secrets, preparation }: Shared): Host {
  const { name, host: description, context, vpnAddress } = plan;
  const { machine, memoryMiB, architecture } = hostIn(config, name);
  const { adopt, isolated, keptReleases, leaves, neverBanned, operator } = config;
  return new Host(name, {
    ...{ owner: ownerOn(platform, name), machine: machines.create(name, machine), description, context, vpnAddress },
    ...{ memoryMiB, architecture, adopt, isolated, keptReleases, neverBanned, operator, isLeft: leaves.has(name) },
    ...{ secrets, preparation },
  });
}

/** The stack's first host: the one place for copies of secrets that several hosts may use. */
function keeperAmong(hosts: ReadonlyMap<string, Host>): SecretKeeper {
  const [first] = hosts.values();
  if (first === undefined) throw new Error("expected a host that keeps copies of made secrets, found none yet");
  return first.secretKeeper;
}
