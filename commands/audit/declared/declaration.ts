import type { SiteRequest } from "@vpai/providers";
import type { Accepted } from "../../../model/audit";
import { isOwnOfNamespace } from "../../../model/hardening/sysctl";
import { folderOn, type Platform, prefixOn } from "../../../model/platform";
import { isContainer } from "../../../model/run";
import { isUnitService, type Service } from "../../../model/service";
import type { ResourceState } from "../../preview-comment/preview";
import { nameOf } from "../../engine/urn";
import type { Declared, DeclaredFile, DeclaredLayer } from "./declared";
import { containerOf, portsOf, unitPorts } from "./containers";
import { DYNAMIC, type Inputs, inputsOf, type Stack, statesOn } from "./states";

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

const fileOf = ({ path, mode, owner }: Record<string, unknown>): DeclaredFile => ({
  path: String(path),
  mode: String(mode),
  owner: typeof owner === "string" ? owner : undefined,
});

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
