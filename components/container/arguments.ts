import type * as docker from "@pulumi/docker";
import type { Output } from "@pulumi/pulumi";
import type { HostContext, HostNetworks } from "../host-context";
import { asLabels } from "../docker/ownership";
import { publishedPorts } from "./ports";
import type { ContainerSpec } from "./spec";

/** What a specification leaves to the engine of a host. */
export interface Rendering {
  /** Id of the pulled image. */
  image: Output<string>;
  networks: HostNetworks;
  host: HostContext;
}

/** A specification as the Docker provider takes it, in the very form in which it reads everything back. */
export const containerArgs = (spec: ContainerSpec, { image, networks, host }: Rendering): docker.ContainerArgs => ({
  name: spec.name,
  hostname: spec.hostname,
  image,
  ...(spec.entrypoint === undefined ? {} : { entrypoints: [...spec.entrypoint] }),
  ...(spec.command === undefined ? {} : { command: [...spec.command] }),
  envs: [...spec.environment],
  labels: asLabels({ ...spec.labels }),
  // A refresh orders mounts anew and keeps each place's own properties, so all of them name the same ones.
  mounts: spec.mounts.map(({ source, target, readOnly }) => ({ type: "bind", source, target, readOnly })),
  readOnly: spec.readOnly,
  tmpfs: Object.fromEntries(spec.scratch.map((folder) => [folder, "mode=1777"])),
  networksAdvanced: spec.networks.map((network) => ({ name: networks.get(network).name, aliases: [spec.hostname] })),
  ...hostsOf(spec),
  // Without, the engine would put it on its default network, which has a way out.
  ...(spec.networks.length === 0 ? { networkMode: "none" } : {}),
  ports: publishedPorts(spec.ports, host),
  memory: spec.limits.memoryMiB,
  memorySwap: spec.limits.memoryMiB,
  cpus: decimal(Math.min(spec.limits.cpus, host.machine.processors ?? Infinity)),
  user: spec.user,
  capabilities: { drops: ["ALL"], adds: spec.capabilities.map((capability) => `CAP_${capability}`) },
  securityOpts: ["no-new-privileges"],
  init: false,
  healthcheck: {
    tests: ["CMD", ...spec.health.test],
    interval: duration(spec.health.interval),
    timeout: duration(spec.health.timeout),
    startPeriod: duration(spec.health.startPeriod),
    startInterval: duration(2),
    retries: spec.health.retries,
  },
  logDriver: "json-file",
  logOpts: { "max-size": "10m", "max-file": "3" },
  ...(spec.start === "demand" ? LEFT_ALONE : { restart: "unless-stopped" }),
  destroyGraceSeconds: spec.stopTimeout,
  stopTimeout: spec.stopTimeout,
});

/** The provider makes it and does not mind whether it runs; nor does the engine when it starts. */
const LEFT_ALONE = { restart: "no", start: false, mustRun: false };

/** An empty list would be read back as none. */
const hostsOf = ({ extraHosts = {} }: ContainerSpec): Pick<docker.ContainerArgs, "hosts"> => {
  const hosts = Object.entries(extraHosts).map(([host, ip]) => ({ host, ip }));
  return hosts.length === 0 ? {} : { hosts };
};

/** A number of CPUs as the provider reads it back: `1.0`, `0.25`. */
const decimal = (cpus: number): string => (Number.isInteger(cpus) ? cpus.toFixed(1) : String(cpus));

/** Seconds as Docker prints a duration, so that what is read back equals what was written. */
function duration(seconds: number): string {
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  return minutes === 0 ? `${rest}s` : `${minutes}m${rest}s`;
}
