import os from "node:os";
import * as docker from "@pulumi/docker";
import {
  ComponentResource,
  type ComponentResourceOptions,
  interpolate,
  output,
  type Output,
  type Resource,
} from "@pulumi/pulumi";
import { type Connection, SshKey } from "@vpai/providers";
import { ofFixedName } from "../../docker/fixed-name";
import { asLabels } from "../../docker/ownership";
import { type LabIdentity, labIdentity } from "../../../toolchain/lab-identity";
import type { ImageSource, Machine } from "../machine";
import type { Login } from "../registry-logins";
import { labProgram } from "../../../lab/images/catalogue";
import { availableCapabilities } from "./capabilities";
import type { Ground } from "./ground";
import { mirroredRegistries } from "./registry";

/** Last byte of the first machine's address in the lab network. */
const FIRST_ADDRESS = 11;

/** Address of a lab machine in the lab network. @param index its place in the platform's list of hosts, from 0 */
export const labAddress = (index: number, { address }: LabIdentity = labIdentity()): string =>
  address(FIRST_ADDRESS + index);

/** Folders of a lab machine that outlive its container, as a disk outlives a reboot. */
const DISKS = { docker: "/var/lib/docker", opt: "/opt" };

/** A Debian 13 host with systemd, sshd and its own Docker engine, in a container of this machine. */
export class LabMachine extends ComponentResource implements Machine {
  readonly connection: Output<Connection>;
  readonly publicAddress: Output<string>;
  readonly bindAddress: Output<string>;
  readonly vanishesWith: Resource;
  /** What is on it goes with the lab. */
  readonly protects = false;
  readonly sharesMemory = true;
  readonly ownsKernel = false;
  readonly processors = os.cpus().length;
  /** A container has name, swap and kernel from outside; its packages change with its image. */
  readonly borrows = ["hostname", "swap", "upgrades", "kernel options"] as const;
  readonly loginKey: Output<string>;
  /** Where no client of the VPN runs, hosts reach each other's VPN addresses by the lab network. */
  readonly vpnInterfaces = ["tailscale0", "eth0"];

  /** @param host the host's name */
  constructor(
    host: string,
    private readonly args: { ground: Ground; index: number },
    options: ComponentResourceOptions,
  ) {
    super("vpai:lab:Machine", `${host}/machine`, {}, options);
    const address = labAddress(args.index, args.ground.identity);
    const hostKey = new SshKey(
      `${host}/host-key`,
      { comment: `lab host ${host}`, copyFile: args.ground.identity.hostKeyFile(host) },
      { parent: this },
    );
    const container = this.createContainer(host, address, hostKey);
    this.vanishesWith = container;
    this.loginKey = args.ground.loginKey.publicKey;
    this.publicAddress = output(address);
    this.bindAddress = this.publicAddress;
    // By way of the container's id, so that nothing logs in to a machine that is not there yet.
    this.connection = container.id
      .apply(() => address)
      .apply((found) =>
        output({
          host: found,
          port: 22,
          user: "root",
          hostKey: hostKey.publicKey,
          identityFile: args.ground.identity.identityFile,
        }),
      );
    this.registerOutputs({ address });
  }

  /** Whoever else is on the lab network plays the Internet. */
  get internet(): readonly string[] {
    return [this.args.ground.identity.subnet];
  }

  get foundations(): readonly string[] {
    return this.args.ground.registry.everyAddress;
  }

  get logins(): readonly Login[] {
    return this.args.ground.registry.logins;
  }

  imageSource(reference: string): ImageSource {
    return this.args.ground.registry.imageSource(reference);
  }

  programImage(name: string): string | undefined {
    return labProgram(name);
  }

  private createContainer(host: string, address: string, hostKey: SshKey): docker.Container {
    const { identity, labels, engine, network, loginKey, hostImage, registry, runner } = this.args.ground;
    const name = `${identity.prefix}-${host}`;
    return new docker.Container(
      `${host}/machine/container`,
      {
        name,
        hostname: host,
        image: hostImage.stdout,
        networksAdvanced: [{ name: network.name, ipv4Address: address }],
        hosts: mirroredRegistries.map((registryName) => ({ host: registryName, ip: registry.addressOf(registryName) })),
        labels: asLabels({ ...labels, "dev.vpai.host": host }),
        capabilities: { adds: availableCapabilities() },
        securityOpts: ["seccomp=unconfined", "apparmor=unconfined", "systempaths=unconfined"],
        cgroupnsMode: "host",
        deviceCgroupRules: ["a *:* rwm"],
        devices: [{ hostPath: "/dev/net/tun", containerPath: "/dev/net/tun", permissions: "rwm" }],
        tmpfs: { "/run": "", "/run/lock": "", "/tmp": "exec" },
        mounts: [
          { type: "bind", source: "/sys/fs/cgroup", target: "/sys/fs/cgroup" },
          ...Object.entries(DISKS).map(([disk, target]) => ({
            type: "volume",
            source: this.createDisk(host, disk),
            target,
          })),
        ],
        envs: ["SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1"],
        uploads: [
          { file: "/etc/ssh/ssh_host_ed25519_key", content: hostKey.privateKey, permissions: "0600" },
          { file: "/root/.ssh/authorized_keys", content: interpolate`${loginKey.publicKey}\n`, permissions: "0600" },
          { file: "/etc/docker/daemon.json", content: engineSettings(registry.address), permissions: "0644" },
        ],
        restart: "unless-stopped",
        stopTimeout: 60,
        destroyGraceSeconds: 1,
      },
      {
        parent: this,
        provider: engine,
        ...ofFixedName(name, { kind: "container", name, labels, adopt: false }, runner),
        // The client keeps `systempaths` for itself, so the engine never reads it back.
        ignoreChanges: ["securityOpts"],
      },
    );
  }

  private createDisk(host: string, disk: string): Output<string> {
    const { identity, labels, engine } = this.args.ground;
    return new docker.Volume(
      `${host}/machine/disk/${disk}`,
      { name: `${identity.prefix}-${host}-${disk}`, labels: asLabels(labels) },
      { parent: this, provider: engine },
    ).name;
  }
}

/** The engine's daemon.json: pulls go to the lab registry; logs as docs/requirements.md#ansible-conventions. */
const engineSettings = (registry: string): string =>
  JSON.stringify({
    "log-driver": "json-file",
    "log-opts": { "max-size": "10m", "max-file": "3" },
    "registry-mirrors": [`http://${registry}`],
    "insecure-registries": [registry, ...mirroredRegistries],
  });
