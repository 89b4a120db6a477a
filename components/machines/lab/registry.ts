import { local } from "@pulumi/command";
import * as docker from "@pulumi/docker";
import { ComponentResource, type ComponentResourceOptions, type Output, type Resource } from "@pulumi/pulumi";
import { asLabels } from "../../docker/ownership";
import { ofFixedName } from "../../docker/fixed-name";
import type { ImageSource } from "../machine";
import { projectRoot } from "../../../toolchain/environment";
import type { Ground } from "./ground";
import { LoginRegistry } from "./login-registry";
import type { Login } from "../registry-logins";
import { type RegistryAccount, type RegistryAccounts, registryOf } from "../../../model/registry";
import { catalogue } from "../../../lab/images/catalogue";
import { builtReference, recipeHash } from "../../../lab/images/recipe";
import { parseReference } from "../../../images/reference";
import { registryStorage } from "../../../lab/images/storage";

/** Whether the lab can build an image. */
export const isInCatalogue = (reference: string): boolean => catalogue.some((image) => image.reference === reference);

/** Last byte of the registry's address in the lab network; those that want a login follow. */
const ADDRESS = 5;

/**
 * Registries that a lab host takes for the lab registry by name. Docker Hub is none of them: the engine has a setting
 * of its own for mirrors of it.
 */
export const mirroredRegistries: readonly string[] = [
  ...new Set(
    catalogue.flatMap(({ reference }) => (reference === undefined ? [] : [parseReference(reference).registry])),
  ),
].filter((registry) => registry !== "docker.io");

/** What a lab is told of registries that want a login. */
export interface LoginsWanted {
  registries: RegistryAccounts;
  /** Those whose password the stack's config has; the lab makes the others. */
  logins: readonly Login[];
}

/**
 * The registry server that lab hosts pull from, by the references that production uses. A registry that the stack has a
 * login for gets a server of its own over the same content, which wants it.
 */
export class LabRegistry extends ComponentResource {
  readonly address: string;
  /** How lab hosts log in. */
  readonly logins: readonly Login[];
  private readonly addresses = new Map<string, string>();
  private readonly locked = new Map<string, LoginRegistry>();
  private readonly container: docker.Container;
  private readonly pushes = new Map<string, local.Command>();

  constructor(
    private readonly ground: Ground,
    wanted: LoginsWanted,
    options: ComponentResourceOptions,
  ) {
    super("vpai:lab:Registry", "lab/registry", {}, options);
    const { identity, labels, engine, network } = ground;
    const name = `${identity.prefix}-registry`;
    this.address = identity.address(ADDRESS);
    const image = buildImage("registry", this).stdout;
    this.container = new docker.Container(
      "lab/registry/server",
      {
        name,
        image,
        networksAdvanced: [{ name: network.name, ipv4Address: this.address }],
        ports: [{ internal: 80, external: identity.registryPort, ip: "127.0.0.1", protocol: "tcp" }],
        // A volume, not a mount: the engine makes the folder when the cache is empty.
        volumes: [{ hostPath: registryStorage(), containerPath: "/var/lib/registry" }],
        labels: asLabels(labels),
        restart: "unless-stopped",
      },
      {
        parent: this,
        provider: engine,
        ...ofFixedName(name, { kind: "container", name, labels, adopt: false }, ground.runner),
      },
    );
    this.logins = this.lock(wanted, image);
    this.registerOutputs({ address: this.address });
  }

  /** Addresses of all its servers. */
  get everyAddress(): string[] {
    return [this.address, ...this.addresses.values()];
  }

  /** Where a lab host finds a registry. */
  addressOf(registry: string): string {
    return this.addresses.get(registry) ?? this.address;
  }

  /**
   * Puts the image of a production reference into the registry, once, building it where it is missing. One that the lab does not
   * build is asked of the registry as it is; the check of the platform lets none of them pass.
   */
  imageSource(reference: string): ImageSource {
    const image = catalogue.find((candidate) => candidate.reference === reference);
    if (image === undefined) return { dependsOn: [] };
    const push = this.pushes.get(image.name) ?? this.push(image.name);
    this.pushes.set(image.name, push);
    const locked = this.locked.get(registryOf(reference));
    return {
      digest: push.stdout,
      dependsOn: locked === undefined ? [push] : [push, locked],
      version: image.version,
    };
  }

  /** Starts the servers that want a login. @returns the logins */
  private lock({ registries, logins }: LoginsWanted, image: Output<string>): Login[] {
    const names = mirroredRegistries.filter((registry) => Object.hasOwn(registries, registry));
    return names.map((registry, index) => {
      const { user, secret } = registries[registry] as RegistryAccount;
      const address = this.ground.identity.address(ADDRESS + 1 + index);
      const server = new LoginRegistry({ ground: this.ground, registry, user, image, address }, { parent: this });
      this.addresses.set(registry, address);
      this.locked.set(registry, server);
      const given = logins.find((login) => login.registry === registry);
      return given ?? { registry, user, secret, password: server.password };
    });
  }

  private push(image: string): local.Command {
    return new local.Command(
      `lab/push/${image}`,
      {
        ...tool("lab/images/push.ts", image, `127.0.0.1:${this.ground.identity.registryPort}`),
        // Not the server's id: another server over the same content needs no push, and no service a new container.
        triggers: [builtReference(image), registryStorage()],
      },
      { parent: this, dependsOn: [this.container] },
    );
  }
}

/** Builds a lab image on the local engine, unless it is there; `stdout` is its reference. */
export const buildImage = (name: string, parent: Resource): local.Command =>
  new local.Command(
    `lab/image/${name}`,
    { ...tool("lab/images/build.ts", name), triggers: [recipeHash(name)] },
    { parent },
  );

/** Runs a tool of the project; its arguments never pass a shell. */
const tool = (
  file: string,
  ...args: [string, ...string[]]
): { interpreter: string[]; create: string; dir: string } => ({
  interpreter: ["node", "--import", "tsx", file, ...args.slice(0, -1)],
  create: args.at(-1) ?? "",
  dir: projectRoot,
});
