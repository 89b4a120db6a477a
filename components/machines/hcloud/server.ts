import * as hcloud from "@pulumi/hcloud";
import {
  all,
  ComponentResource,
  type ComponentResourceOptions,
  type CustomResourceOptions,
  output,
  type Output,
  type Resource,
  secret,
} from "@pulumi/pulumi";
import { type Connection, SshKey } from "@vpai/providers";
import type { MachineConfig } from "../../../config";
import type { ImageLock } from "../../../images/lock";
import { lockedSource } from "../locked-image";
import type { ImageSource, Machine } from "../machine";
import type { Login } from "../registry-logins";
import { cloudInit } from "./cloud-init";
import { type Named, ORIGIN_LABEL, originOf, sweepBeforeCreate } from "./leftovers";

/** Websites are for everybody. */
const EVERYWHERE = ["0.0.0.0/0", "::/0"];

/** What a server at Hetzner is ordered with. */
export interface HetznerServerArgs {
  config: Extract<MachineConfig, { kind: "hcloud" }>;
  lock: ImageLock;
  logins: readonly Login[];
  /** API token of the project that gets the server. */
  token: Output<string>;
  /** First part of the names at Hetzner: the platform and the stack. */
  prefix: string;
  /** File on this machine that takes the operator's generated private key. */
  identityFile: string;
  labels: Record<string, string>;
}

/** A server at Hetzner Cloud with its login key, its firewall, and a host key that is known before it boots. */
export class HetznerServer extends ComponentResource implements Machine {
  readonly connection: Output<Connection>;
  readonly publicAddress: Output<string>;
  readonly bindAddress: Output<string>;
  readonly vanishesWith: Resource;
  /** What is on it goes with the stack. */
  readonly protects = false;
  readonly logins: readonly Login[];
  readonly sharesMemory = false;
  readonly loginKey: Output<string>;
  private readonly lock: ImageLock;

  /** @param name the host's name */
  constructor(name: string, args: HetznerServerArgs, options?: ComponentResourceOptions) {
    super("vpai:hetzner:Server", `${name}/machine`, {}, options);
    const { config, lock, logins, prefix, identityFile } = args;
    this.lock = lock;
    this.logins = logins;
    const provider = new hcloud.Provider(`${name}/hetzner`, { token: args.token }, { parent: this });
    const fullName = `${prefix}-${name}`;
    const hostKey = new SshKey(`${name}/host-key`, { comment: `host ${fullName}` }, { parent: this });
    const login = new SshKey(
      `${name}/login-key`,
      { comment: `operator of ${fullName}`, privateKeyFile: identityFile },
      { parent: this },
    );
    const server = this.createServer(name, args, { provider, hostKey, login });
    this.vanishesWith = server;
    this.loginKey = login.publicKey;
    this.publicAddress = server.ipv4Address;
    this.bindAddress = server.ipv4Address;
    this.connection = output({
      host: server.ipv4Address,
      port: 22,
      user: config.user,
      hostKey: hostKey.publicKey,
      identityFile,
    });
    this.registerOutputs({ address: server.ipv4Address });
  }

  /** The server, with the login key and the firewall that it has at Hetzner. */
  private createServer(
    name: string,
    { config, labels, prefix, token }: HetznerServerArgs,
    { provider, hostKey, login }: { provider: hcloud.Provider; hostKey: SshKey; login: SshKey },
  ): hcloud.Server {
    const fullName = `${prefix}-${name}`;
    const origin = hostKey.publicKey.apply(originOf);
    // Names are unique at Hetzner.
    const named = (collection: Named["collection"]): CustomResourceOptions => {
      const target = { collection, name: fullName, labels };
      const sweep = sweepBeforeCreate(`${name}/${collection}`, target, { token, origin });
      return { parent: this, provider, deleteBeforeReplace: true, hooks: { beforeCreate: [sweep] } };
    };
    const sshKey = new hcloud.SshKey(
      `${name}/ssh-key`,
      { name: fullName, publicKey: login.publicKey, labels },
      named("ssh_keys"),
    );
    const firewall = new hcloud.Firewall(
      `${name}/firewall`,
      { name: fullName, labels, rules: firewallRules(config.allowSshFrom) },
      named("firewalls"),
    );
    const { serverType, location, image } = config;
    return new hcloud.Server(
      `${name}/server`,
      {
        ...{ name: fullName, serverType, location, image },
        sshKeys: [sshKey.id],
        firewallIds: [firewall.id.apply(Number)],
        userData: secret(userDataOf({ config, hostKey, login })),
        labels: { ...labels, [ORIGIN_LABEL]: origin },
      },
      named("servers"),
    );
  }

  imageSource(reference: string): ImageSource {
    return lockedSource(reference, this.lock);
  }
}

/** What the server does at its first boot. */
const userDataOf = ({
  config: { image, user },
  hostKey,
  login,
}: Pick<HetznerServerArgs, "config"> & { hostKey: SshKey; login: SshKey }): Output<string> =>
  all([hostKey.privateKey, hostKey.publicKey, login.publicKey]).apply(([hostPrivateKey, hostPublicKey, loginKey]) =>
    cloudInit({ hostPrivateKey, hostPublicKey, loginKey, image, user }),
  );

/** SSH for the operator, the web for everybody, pings; nothing else comes in. */
function firewallRules(allowSshFrom: readonly string[]): hcloud.types.input.FirewallRule[] {
  const open = (
    protocol: string,
    port: string | undefined,
    sourceIps: readonly string[],
  ): hcloud.types.input.FirewallRule => ({
    direction: "in",
    protocol,
    ...(port === undefined ? {} : { port }),
    sourceIps: [...sourceIps],
  });
  return [
    open("tcp", "22", allowSshFrom),
    open("tcp", "80", EVERYWHERE),
    open("tcp", "443", EVERYWHERE),
    open("udp", "443", EVERYWHERE),
    open("icmp", undefined, EVERYWHERE),
  ];
}
