import * as docker from "@pulumi/docker";
import { ComponentResource, type ComponentResourceOptions, interpolate, type Output, secret } from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random";
import { registryStorage } from "../../../lab/images/storage";
import { ofFixedName } from "../../docker/fixed-name";
import { asLabels } from "../../docker/ownership";
import type { Ground } from "./ground";

/** Where the server looks up who may log in. */
const USERS = "/etc/docker/registry/htpasswd";

/** Length in characters of the password that the lab makes for a registry. */
const PASSWORD_LENGTH = 32;

/** A registry of the world that the lab stands in for, with the login that it asks for. */
export interface LoginRegistryArgs {
  ground: Ground;
  /** Whose place it takes: `ghcr.io`. */
  registry: string;
  user: string;
  /** The registry's server program. */
  image: Output<string>;
  address: string;
}

/** A server over the lab registry's content that gives it to one user alone. */
export class LoginRegistry extends ComponentResource {
  /** What its user logs in with, whatever the stack's config says. */
  readonly password: Output<string>;

  constructor({ ground, registry, user, image, address }: LoginRegistryArgs, options: ComponentResourceOptions) {
    super("vpai:lab:LoginRegistry", `lab/registry/${registry}`, {}, options);
    const { identity, labels, engine, network, runner } = ground;
    const name = `${identity.prefix}-registry-${registry}`;
    const generated = new RandomPassword(
      `lab/registry/${registry}/password`,
      { length: PASSWORD_LENGTH, special: false },
      { parent: this },
    );
    this.password = secret(generated.result);
    new docker.Container(
      `lab/registry/${registry}/server`,
      {
        name,
        image,
        networksAdvanced: [{ name: network.name, ipv4Address: address }],
        // The registry without a login takes the pushes.
        volumes: [{ hostPath: registryStorage(), containerPath: "/var/lib/registry", readOnly: true }],
        envs: ["REGISTRY_AUTH=htpasswd", "REGISTRY_AUTH_HTPASSWD_REALM=lab", `REGISTRY_AUTH_HTPASSWD_PATH=${USERS}`],
        uploads: [
          { file: USERS, content: secret(interpolate`${user}:${generated.bcryptHash}\n`), permissions: "0600" },
        ],
        labels: asLabels(labels),
        restart: "unless-stopped",
      },
      {
        parent: this,
        provider: engine,
        ...ofFixedName(name, { kind: "container", name, labels, adopt: false }, runner),
      },
    );
    this.registerOutputs({ address });
  }
}
