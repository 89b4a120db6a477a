import type { Connection } from "@vpai/providers";
import type { StackConfig } from "../../config";
import { arrivalTo } from "../../config/connection";
import { readSettings } from "../../config/parse";
import { labServices } from "../../config/lab-services";
import type { Platform } from "../../model/platform";
import { whenUnreachable, type WhenUnreachable } from "../../model/stack";
import { platformNamed, platformNames, servicesOn } from "../../platforms";
import { pulumiEnvironment } from "../../toolchain/environment";
import { type DeployedHost, deployedHosts, outputsOf } from "../stack/hosts";
import { readStackSettings } from "../secrets/stack-file";

/** A host of a stack before a run. */
export interface StackHost {
  /** Whether its computer goes with the stack, and need not be reached for that. */
  vanishes: boolean;
  /** Undefined for one that the run itself makes, or whose key nobody has pinned yet: it is not logged in to beforehand. */
  connection: Connection | undefined;
  unreachable: WhenUnreachable;
  /** Names of the services that it is to run. */
  services: readonly string[];
}

/**
 * The hosts of a stack by name, as its file and, of machines that were made, its outputs describe them. Undefined where the
 * file has errors: the program tells them all.
 */
export async function hostsOf(stack: string): Promise<Record<string, StackHost> | undefined> {
  const [settings, deployed] = await Promise.all([settingsOf(stack), outputsOf(stack)]);
  if (settings === undefined) return undefined;
  const { config, platform } = settings;
  return Object.fromEntries(
    Object.entries(config.hosts).map(([name, host]) => [
      name,
      {
        vanishes: host.machine.kind !== "existing",
        connection: connectionOf(host) ?? (host.machine.kind === "existing" ? undefined : deployed[name]?.connection),
        unreachable: whenUnreachable(host, platform.hosts[name] ?? {}),
        services: servicesNamed(platform, name, config),
      },
    ]),
  );
}

/**
 * The hosts of a stack that was brought up, as its outputs describe them; whether one may be away is what its file says now.
 * @throws when the stack has not been brought up
 */
export async function currentHosts(stack: string): Promise<Record<string, DeployedHost>> {
  const deployed = await deployedHosts(stack);
  const { config, platform } = (await settingsOf(stack)) ?? {};
  return Object.fromEntries(
    Object.entries(deployed).map(([name, host]) => {
      const configured = config?.hosts[name];
      if (configured === undefined) return [name, host];
      return [name, { ...host, unreachable: whenUnreachable(configured, platform?.hosts[name] ?? {}) }];
    }),
  );
}

/** The settings of a stack's file, with its platform; undefined where the file has errors. */
export async function settingsOf(stack: string): Promise<{ config: StackConfig; platform: Platform } | undefined> {
  const raw = await readStackSettings(stack);
  const groups = platformNames.find(({ name }) => name === raw.values["vpai:platform"])?.groups ?? [];
  const choice = labServices(stack, pulumiEnvironment(stack)["VPAI_SERVICES"], groups);
  const { config } = readSettings({ ...raw, values: { ...raw.values, ...choice } }, platformNames);
  return config === undefined ? undefined : { config, platform: platformNamed(config.platform) };
}

const servicesNamed = (platform: Platform, host: string, { services }: StackConfig): string[] =>
  servicesOn(platform, host, services).map(({ name }) => name);

function connectionOf({ machine }: StackConfig["hosts"][string]): Connection | undefined {
  if (machine.kind !== "existing" || machine.hostKey === undefined) return undefined;
  return arrivalTo({ ...machine, hostKey: machine.hostKey });
}
