import type { HealthCheck } from "../../model/checks";
import type { ContainerService, Limits } from "../../model/service";
import { scratchOf } from "../../model/run";
import type { PublishedPort } from "../../model/site";
import { ownershipLabels } from "../docker/ownership";
import { type WorkloadSpec, workloadSpec, type SpecPlace } from "../workload/spec";
import { type Start, startOf } from "../workload/start";

/** A container with all that belongs to it, apart from the engine that runs it. */
export interface ContainerSpec extends Start, WorkloadSpec {
  name: string;
  /** Its name on its networks. */
  hostname: string;
  /** Image reference. */
  image: string;
  /** `uid:gid`. */
  user: string;
  labels: Readonly<Record<string, string>>;
  networks: readonly string[];
  ports: readonly PublishedPort[];
  /** Addresses by hostname, beside those of its networks. Default: none. */
  extraHosts?: Readonly<Record<string, string>>;
  /** Writable folders without persistence. */
  scratch: readonly string[];
  /** Whether it can write there, and where something is mounted, alone. */
  readOnly: boolean;
  limits: Limits;
  /** Kept Linux capabilities, without `CAP_`. */
  capabilities: readonly string[];
  /** Whether it is made and left to be started by somebody. Default: it always runs. */
  start?: "demand";
  health: Required<HealthCheck>;
  /** Seconds that the program gets to stop. */
  stopTimeout: number;
}

/** What a service is as a container: pure, and the same for every engine. */
export function containerSpec(service: ContainerService, place: SpecPlace): ContainerSpec {
  const { name, run, user, limits, stopTimeout = 10 } = service;
  const { hostMounts } = run;
  return {
    name: `${place.prefix}${name}`,
    hostname: name,
    image: run.image,
    user: `${user.uid}:${user.gid}`,
    ...startOf({ ...service, ...run }, place.exists),
    ...workloadSpec({ ...service, ...(hostMounts === undefined ? {} : { hostMounts }) }, place),
    labels: { ...ownershipLabels(place.owner), "dev.vpai.service": name },
    networks: run.networks,
    ports: run.publish ?? [],
    ...(service.extraHosts === undefined ? {} : { extraHosts: service.extraHosts(place.context) }),
    scratch: scratchOf(run),
    readOnly: run.writableRoot === undefined,
    limits,
    capabilities: run.capabilities ?? [],
    ...(run.start === undefined ? {} : { start: run.start }),
    health: { interval: 30, timeout: 5, startPeriod: 60, retries: 3, ...service.health },
    stopTimeout,
  };
}
