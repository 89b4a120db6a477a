import path from "node:path";
import type { MachineConfig } from "../../config";
import type { ImageLock } from "../../images/lock";
import { hcloudToken } from "../../model/machine-secrets";
import type { Platform } from "../../model/platform";
import { localDirectory } from "../../toolchain/environment";
import type { RegistryAccounts } from "../../model/registry";
import type { SecretStore } from "../secret-store";
import { existingMachine } from "./existing/machine";
import { HetznerServer } from "./hcloud/server";
import { Ground } from "./lab/ground";
import { labAddress } from "./lab/machine";
import type { Machine } from "./machine";
import { configuredLogins, type Login } from "./registry-logins";

/** What every machine of a stack is made from. */
export interface MachinesArgs {
  platform: Platform;
  stack: string;
  secrets: SecretStore;
  lock: ImageLock;
  /** The stack's logins at image registries. */
  registries: RegistryAccounts;
}

/** Where a stack's computers come from. */
export class Machines {
  private ground: Ground | undefined;
  private readonly logins: readonly Login[];

  constructor(private readonly args: MachinesArgs) {
    this.logins = configuredLogins(args.registries, args.secrets);
  }

  /** The computer of a host, created where its kind can be created. */
  create(host: string, config: MachineConfig): Machine {
    const { platform, stack, secrets, lock, registries } = this.args;
    const { logins } = this;
    switch (config.kind) {
      case "existing":
        return existingMachine(config, { lock, logins });
      case "hcloud":
        return new HetznerServer(host, {
          config,
          lock,
          logins,
          token: secrets.require(hcloudToken),
          prefix: `${platform.name}-${stack}`,
          identityFile: path.join(localDirectory, stack, "ssh", host),
          labels: { platform: platform.name, stack },
        });
      case "lab":
        this.ground ??= new Ground({ registries, logins });
        return this.ground.machine(host, indexOf(host, platform));
    }
  }
}

/** The address that the world will reach a host on, where it is known before its machine is made. */
export function plannedAddress(host: string, config: MachineConfig, platform: Platform): string | undefined {
  switch (config.kind) {
    case "existing":
      return config.address;
    case "hcloud":
      return undefined;
    case "lab":
      return labAddress(indexOf(host, platform));
  }
}

const indexOf = (host: string, { hosts }: Platform): number => Object.keys(hosts).indexOf(host);
