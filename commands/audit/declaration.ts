import type { Connection, SiteRequest } from "@vpai/providers";
import type { Accepted } from "../../model/audit";
import { isOwnOfNamespace } from "../../model/hardening/sysctl";
import { folderOn, type Platform, prefixOn } from "../../model/platform";
import { isContainer, publishedBy } from "../../model/run";
import { isUnitService, type Service } from "../../model/service";
import type { DeployedHost } from "../stack/hosts";
import type { ResourceState } from "../preview-comment/preview";
import { hostOf } from "../scope/hosts";
import { nameOf, type Resource, resourcesIn } from "../scope/resources";
import type { Declared, DeclaredContainer, DeclaredFile, DeclaredLayer, DeclaredPort } from "./declared";
import { isLoopback } from "./addresses";

/** What a stack is declared by: its platform, its settings, and what its state has. */
export interface Stack {
  name: string;
  platform: Platform;
  vpnEnforce: boolean;
  /** What runs on each host, and whether its computer is a lab's. */
  hosts: Readonly<Record<string, { services: readonly Service[]; isLab: boolean; vpnAddress: string | undefined }>>;
  deployed: Readonly<Record<string, DeployedHost>>;
  states: readonly ResourceState[];
  /** Public keys by the file of a login. @returns undefined where only an agent knows */
  keyOf: (connection: Connection) => Promise<string | undefined>;
}

/** Inputs of a host's resources by their type. */
type Inputs = (type: string) => Record<string, unknown>[];

const DYNAMIC = "pulumi-nodejs:dynamic/vpai/";

/** All that is declared of one host of a stack. */
export async function declarationOf(host: string, stack: Stack): Promise<Declared> {
  const { platform, hosts, deployed } = stack;
  const described = platform.hosts[host];
  const there = hosts[host];
  const outputs = deployed[host];
  if (described === undefined || there === undefined || outputs === undefined)
    throw new Error(`expected a host of platform ${platform.name} that the stack has brought up, found ${host}`);
  const { connection, publicAddress } = outputs;
  const inputs = inputsOf(host, stack);
  const containers = inputs("docker:index/container:Container").map(containerOf);
  const files = [
    ...inputs(`${DYNAMIC}host:RemoteFile`).map(fileOf),
    ...inputs(`${DYNAMIC}host:KeptSecret`).map(({ path }): DeclaredFile => ({ path: String(path), ...ROOT_ALONE })),
  ];
  const key = await stack.keyOf(connection);
  const operators = inputs(`${DYNAMIC}host:Operator`);
  const jobs = inputs(`${DYNAMIC}host:SystemdJob`).map(({ job }) => String(job));
  const vpn = there.vpnAddress;
  const set = inputs(`${DYNAMIC}host:Sysctl`).map(({ values }) => values as Record<string, string>)[0];
  const sysctl = set ?? {};
  // A stack sets nothing of a kernel that is not the host's own.
  const ownsKernel = !there.isLab && (set === undefined || Object.keys(set).some((key) => !isOwnOfNamespace(key)));
  return {
    ...{ host, stack: stack.name, connection, publicAddress, vpnAddress: vpn, ownsKernel, containers, files, sysctl },
    sshd: inputs(`${DYNAMIC}host:SshdConfig`)[0] as Declared["sshd"],
    folder: folderOn(platform.name, described),
    owners: new Set([...there.services.map(({ name }) => name), ...jobs]),
    hosting: there.services.filter(({ guests }) => guests !== undefined).map(({ name }) => name),
    networks: inputs("docker:index/network:Network").map(({ name, internal }) => ({
      name: String(name),
      internal: internal === true,
    })),
    volumes: inputs("docker:index/volume:Volume").map(({ name }) => String(name)),
    ports: [
      { protocol: "tcp", port: connection.port, on: "anywhere", by: "sshd", mayBeOff: false },
      ...containers.flatMap(portsOf),
      ...there.services.filter(isUnitService).flatMap((unit) => unitPorts(unit, stack.vpnEnforce ? vpn : undefined)),
    ],
    units: new Set([
      ...inputs(`${DYNAMIC}host:SystemdUnit`).map(({ unit }) => String(unit)),
      ...jobs.flatMap((job) => [`${job}.service`, `${job}.timer`]),
    ]),
    users: usersOf([
      { user: connection.user, keys: key === undefined ? [] : [key] },
      ...operators.map(({ user, keys = [] }) => ({ user: String(user), keys: keys as string[] })),
      ...inputs(`${DYNAMIC}host:AuthorizedKey`).map(({ user, publicKey }) => ({
        user: String(user),
        keys: [String(publicKey)],
      })),
    ]),
    placed: new Set([
      ...operators.map(({ sudoers }) => String(sudoers)),
      ...Object.entries(PLACED).flatMap(([type, paths]) => (inputs(`${DYNAMIC}${type}`).length > 0 ? paths : [])),
    ]),
    layers: layersOf(host, stack),
    gateway: gatewayOf(there.services, prefixOn(platform.name, described)),
    coordinator: coordinatorOf(inputs, stack),
    sites: inputs(`${DYNAMIC}host:SmokeChecks`).flatMap(({ requests }) => requests as SiteRequest[]),
    exceptions: exceptionsOf(platform, ownsKernel),
  };
}

/** Kinds of what is below the services, with what each puts where systemd finds it. */
const PLACED: Readonly<Record<string, readonly string[]>> = {
  "host:Packages": [],
  "host:System": ["/etc/systemd/system/var-lib-vpai-swap.swap"],
  "host:Operator": [],
  "host:Sysctl": [],
  "host:SshdConfig": ["/etc/systemd/system/ssh.socket.d/vpai.conf"],
  "host:HostFirewall": ["service", "path"].flatMap((kind) => [
    `/etc/systemd/system/vpai-firewall.${kind}`,
    `/etc/systemd/system/vpai-firewall-resolvers.${kind}`,
    "/etc/systemd/system/docker.service.d/10-vpai-firewall.conf",
  ]),
  "host:CrowdSec": [
    "/etc/systemd/system/vpai-bans.service",
    ...["crowdsec", "crowdsec-firewall-bouncer"].map((unit) => `/etc/systemd/system/${unit}.service.d/10-vpai.conf`),
  ],
  "docker:EngineSettings": ["/etc/systemd/system/docker.service.d/60-vpai-shutdown.conf"],
};

/** Who may log in by which keys: whoever the stack logs in as, the operators, and jobs that visit the host. */
function usersOf(logins: readonly { user: string; keys: readonly string[] }[]): Map<string, readonly string[]> {
  const users = new Map<string, readonly string[]>();
  for (const { user, keys } of logins) users.set(user, [...(users.get(user) ?? []), ...keys]);
  return users;
}

/** Resources of the kinds below the services, with what the last run observed of them. */
const layersOf = (host: string, stack: Stack): DeclaredLayer[] =>
  statesOn(host, stack)
    .filter(({ type }) => type.startsWith(DYNAMIC) && type.slice(DYNAMIC.length) in PLACED)
    .map(({ urn, id = "", outputs = {} }) => ({
      name: nameOf(urn).slice(host.length + 1),
      implementation: /implementations\["(\w+)"\]/.exec(String(outputs["__provider"]))?.[1] ?? "",
      id,
      state: outputs,
    }));

const ROOT_ALONE = { mode: "0600", owner: "0:0" };

/** What a container has no own of. */
const OF_A_CONTAINER: readonly Accepted[] = [
  { check: "sysctl", subject: "kernel/*", reason: "it shares the kernel of the machine that it runs on" },
];

const exceptionsOf = ({ accepted = [] }: Platform, ownsKernel: boolean): Accepted[] => [
  ...accepted,
  ...(ownsKernel ? [] : OF_A_CONTAINER),
];

/** Resources of a host; a lab machine's own container is one of the machine that it runs on. */
function statesOn(host: string, { deployed, states }: Stack): ResourceState[] {
  const names = Object.keys(deployed);
  const resources = resourcesIn({ deployment: { resources: [...states] } });
  return states.filter((_state, index) => isOn(host, resources[index] as Resource, names));
}

function inputsOf(host: string, stack: Stack): Inputs {
  const own = statesOn(host, stack);
  return (type) => own.filter((state) => state.type === type).map(({ inputs = {} }) => inputs);
}

function isOn(host: string, resource: Resource, hosts: readonly string[]): boolean {
  if (resource.type.startsWith("docker:"))
    return resource.provider !== undefined && nameOf(resource.provider) === `${host}/engine`;
  return hostOf(resource, hosts) === host;
}

/** A container's inputs, as components/container/arguments.ts gives them. */
interface ContainerInputs {
  name: string;
  image: string;
  user?: string;
  readOnly?: boolean;
  start?: boolean;
  labels?: { label: string; value: string }[];
  capabilities?: { adds?: string[] };
  mounts?: { source: string }[];
  networksAdvanced?: { name: string }[];
  ports?: { ip: string; external: number; protocol?: string }[];
}

function containerOf(inputs: Record<string, unknown>): DeclaredContainer {
  const { name, image, user, readOnly, start, labels, capabilities, mounts, networksAdvanced, ports } =
    inputs as unknown as ContainerInputs;
  return {
    ...{ name, image, user: user ?? "", readOnly: readOnly ?? false, isOnDemand: start === false },
    service: labels?.find(({ label }) => label === "dev.vpai.service")?.value ?? name,
    capabilities: capabilities?.adds ?? [],
    mounts: (mounts ?? []).map(({ source }) => source),
    networks: (networksAdvanced ?? []).map((network) => network.name),
    ports: (ports ?? []).map(({ ip, external, protocol = "tcp" }) => ({ address: ip, hostPort: external, protocol })),
  };
}

const fileOf = ({ path, mode, owner }: Record<string, unknown>): DeclaredFile => ({
  path: String(path),
  mode: String(mode),
  owner: typeof owner === "string" ? owner : undefined,
});

const portsOf = ({ service, ports, isOnDemand }: DeclaredContainer): DeclaredPort[] =>
  ports.map(({ address, hostPort, protocol }) => ({
    protocol: protocol === "udp" ? "udp" : "tcp",
    port: hostPort,
    on: isLoopback(address) ? "host" : { address },
    by: service,
    mayBeOff: isOnDemand,
  }));

/** Ports that a unit listens on by itself. @param vpnAddress where those of the VPN alone listen; undefined: anywhere */
const unitPorts = ({ name, run }: Service, vpnAddress: string | undefined): DeclaredPort[] =>
  publishedBy(run).map(({ protocol, hostPort, access }) => ({
    ...{ protocol, port: hostPort, by: name, mayBeOff: false },
    on:
      access === "host" ? "host" : access === "vpn" && vpnAddress !== undefined ? { address: vpnAddress } : "anywhere",
  }));

function coordinatorOf(inputs: Inputs, { states }: Stack): Declared["coordinator"] {
  const [server] = inputs(`${DYNAMIC}headscale:User`).map((user) => user["server"]);
  if (server === undefined) return undefined;
  return { server: server as { container: string; port: number }, nodes: declaredNodes(states) };
}

/** Kinds that name a node of the VPN: a host's own, a device of a person, and a key that lets one in. */
const NODES = ["Node", "Device", "PreAuthKey"].map((kind) => `${DYNAMIC}headscale:${kind}`);

/** Users by the names of the VPN's nodes that a stack has brought up, or lets in. */
export const declaredNodes = (states: readonly ResourceState[]): Map<string, string> =>
  new Map(
    states
      .filter(({ type }) => NODES.includes(type))
      .map(({ inputs }) => [String(inputs?.["node"]), String(inputs?.["user"])]),
  );

function gatewayOf(services: readonly Service[], prefix: string): Declared["gateway"] {
  const found = services.find(({ gateway }) => gateway !== undefined);
  if (found === undefined) return undefined;
  return { container: isContainer(found.run) ? `${prefix}${found.name}` : undefined };
}
