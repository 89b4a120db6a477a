import path from "node:path";
import type { Output } from "@pulumi/pulumi";
import { hcloudToken, type MachineConfig } from "../../config";
import type { ImageLock } from "../../images/lock";
import { Ground } from "./lab/ground";
import type { Platform } from "../../platforms";
import { localDirectory } from "../../toolchain/environment";
import { HetznerServer } from "./hcloud/server";
import { lockedSource } from "../container/locked-image";
import type { ImageSource } from "../host-context";
import type { SecretStore } from "../secret-store";
import { existingMachine } from "./existing";
import type { Machine } from "./machine";

/** Where a stack's computers come from. */
export class Machines {
  private ground: Ground | undefined;

  constructor(
    private readonly platform: Platform,
    private readonly stack: string,
    private readonly secrets: SecretStore,
    private readonly lock: ImageLock,
  ) {}

  /** The computer of a host, created where its kind can be created. */
  create(host: string, config: MachineConfig): Machine {
    switch (config.kind) {
      case "existing":
        return existingMachine(config);
      case "hcloud":
        return new HetznerServer(host, {
          config,
          token: this.hetznerToken(),
          prefix: `${this.platform.name}-${this.stack}`,
          identityFile: path.join(localDirectory, this.stack, "ssh", host),
          labels: { platform: this.platform.name, stack: this.stack },
        });
      case "lab":
        return this.lab().machine(host, Object.keys(this.platform.hosts).indexOf(host));
    }
  }

  /** Where a host with such a machine pulls an image from. */
  imageSource(config: MachineConfig, reference: string): ImageSource {
    return config.kind === "lab" ? this.lab().imageSource(reference) : lockedSource(reference, this.lock);
  }

  private hetznerToken(): Output<string> {
    const token = this.secrets.get(hcloudToken);
    if (token === undefined) throw new Error("a machine of kind hcloud needs the secret hcloudToken: make secrets");
    return token;
  }

  private lab(): Ground {
    return (this.ground ??= new Ground());
  }
}
