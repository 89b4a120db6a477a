import type { KnownNode } from "@vpai/providers";
import { headscaleDevice } from "../../capabilities/headscale";
import { declaredNodes } from "../audit/declared/declaration";
import type { Stack } from "../audit/declared/states";
import { table } from "../terminal/table";

/** A device that the stack's file declares. */
export interface Device {
  name: string;
  /** Name of the user whose node it is. */
  user: string;
  /** Whether the stack has been brought up with it since: what is not in the state, nothing takes out again. */
  isUp: boolean;
}

/** The devices of a stack's file, as they are requested of its Headscale. */
export function devicesIn({ hosts, states }: Pick<Stack, "hosts" | "states">): Device[] {
  const nodes = declaredNodes(states);
  return Object.values(hosts)
    .flatMap(({ services }) => services.flatMap(({ uses = [] }) => uses))
    .filter(({ capability }) => capability === headscaleDevice.name)
    .map(({ request }) => request as Parameters<typeof headscaleDevice.request>[0])
    .map(({ node: name, user }) => ({ name, user, isUp: nodes.get(name) === user }));
}

/** A device that a key may be made for. @throws for any other */
export function deviceNamed(wanted: string, devices: readonly Device[], stack: string): Device {
  const found = devices.find(({ name }) => name === wanted);
  const names = devices.map(({ name }) => name).join(", ");
  if (found === undefined)
    throw new Error(
      `expected DEVICE= a device of vpai:devices (${names || "none is declared"}), found "${wanted}": ` +
        `declare it in Pulumi.${stack}.yaml with its user, people or operators, and run \`make up STACK=${stack}\` first`,
    );
  if (!found.isUp)
    throw new Error(
      `expected ${wanted} of ${found.user} to be brought up, found it in vpai:devices of the stack's file alone: ` +
        `run \`make up STACK=${stack}\` first`,
    );
  return found;
}

/** What lets a device in, under its name. @param site of Headscale, as `https://singa.example.org` */
export const joinCommand = (site: string, key: string, { name }: Pick<Device, "name">): string =>
  `tailscale up --login-server=${site} --auth-key=${key} --hostname=${name}`;

/** How declared devices are in the VPN, and which nodes nobody declared. @param declared users of all declared nodes by name */
export function reportOf(
  devices: readonly Device[],
  nodes: readonly KnownNode[],
  declared: ReadonlyMap<string, string>,
): string {
  const strangers = nodes.filter(
    ({ name, user }) => declared.get(name) !== user && !devices.some((one) => one.name === name),
  );
  return [
    devices.length === 0
      ? "No device is declared: vpai:devices of the stack's file has each with its user."
      : table(
          HEAD,
          devices.map((device) => deviceRow(device, nodes)),
        ),
    ...(strangers.length === 0
      ? []
      : ["", "Nodes that nobody declared:", table(STRANGERS, strangers.map(strangerRow))]),
  ].join("\n");
}

const CONDITION = ["address", "online", "expires"];
const HEAD = ["device", "user", "joined", ...CONDITION];
const STRANGERS = ["node", "user", ...CONDITION];

function deviceRow({ name, user, isUp }: Device, nodes: readonly KnownNode[]): string[] {
  const found = nodes.find((node) => node.name === name);
  if (found === undefined) return [name, user, isUp ? "no" : "not brought up"];
  return [name, user, found.user === user ? "yes" : `as a node of ${found.user}`, ...conditionOf(found)];
}

const strangerRow = (node: KnownNode): string[] => [node.name, node.user || "nobody", ...conditionOf(node)];

const conditionOf = ({ addresses: [address = ""], online, expires }: KnownNode): string[] => [
  address,
  online ? "yes" : "no",
  expires === undefined ? "never" : minuteOf(expires),
];

/** `2026-11-29 03:30 UTC` of an ISO 8601 date. */
export const minuteOf = (date: string): string => `${new Date(date).toISOString().slice(0, 16).replace("T", " ")} UTC`;
