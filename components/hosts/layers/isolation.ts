import { isIPv4 } from "node:net";
import type { Resource } from "@pulumi/pulumi";
import { HostIsolation } from "@vpai/providers";
import type { ServiceContext } from "../../../model/context";
import type { Machine } from "../../machines/machine";
import type { Layer } from "./layer";

/** A host before its engine, in a stack that may be closed. */
interface Closable {
  name: string;
  machine: Machine;
  context: ServiceContext;
  /** Whether it reaches nothing but the stack's own hosts. */
  isolated: boolean;
  parent: Resource;
}

/** The layer of a copy that must reach nobody (`vpai:isolated`): it is there before the first container. Any other stack has none. */
export const isolationLayer: Layer<Closable> = ({ name, machine, context, isolated, parent }, after) => {
  if (!isolated) return { ready: after };
  const { connection, bindAddress, foundations = [] } = machine;
  const own = bindAddress.apply((address) => ownAddresses(context, [address, ...foundations]));
  const closed = new HostIsolation(`${name}/isolation`, { connection, own }, { parent, dependsOn: [...after] });
  return { ready: [...after, closed] };
};

/** Addresses of the stack's hosts, and those that their machines stand on. */
const ownAddresses = ({ hosts }: ServiceContext, others: readonly string[]): string[] =>
  [...new Set([...others, ...hosts.flatMap(({ publicAddress, vpnAddress }) => [publicAddress, vpnAddress])])].filter(
    (address): address is string => address !== undefined && isIPv4(address),
  );
