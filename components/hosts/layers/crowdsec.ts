import { isIP } from "node:net";
import { all, type Output, type Resource } from "@pulumi/pulumi";
import { CrowdSec } from "@vpai/providers";
import type { ServiceContext } from "../../../model/context";
import { dataFolderOf } from "../../../model/files";
import type { Service } from "../../../model/service";
import type { Machine } from "../../machines/machine";
import type { Layer } from "./layer";

/** A host behind its firewall. */
interface Defended {
  name: string;
  machine: Machine;
  context: ServiceContext;
  /** Folder of the platform there. */
  folder: string;
  /** As of the firewall's layer. */
  neverBanned: readonly string[];
  parent: Resource;
}

/**
 * The layer beside the engine, on hosts that have it: CrowdSec with its bouncer. Nothing waits for it, as the firewall alone decides
 * what is open.
 */
export const crowdsecLayer: Layer<Defended> = ({ name, machine, context, folder, neverBanned, parent }, after) => {
  if (context.crowdsec !== true) return { ready: [] };
  const crowdsec = new CrowdSec(
    `${name}/crowdsec`,
    {
      connection: machine.connection,
      accessLogs: [...context.services.flatMap((service) => accessLogOf(service, folder))],
      ignored: ownOf(machine, context).apply((own) => [...new Set([...neverBanned, ...own])]),
    },
    { parent, dependsOn: [...after] },
  );
  return { ready: [crowdsec] };
};

/** Where the host finds a gateway's notes of what its public sites are asked. */
export function accessLogOf(service: Service, folder: string): string[] {
  const { gateway: { accessLog } = {}, data = [] } = service;
  const kept = data.find(({ path }) => accessLog?.startsWith(`${path}/`));
  if (accessLog === undefined || kept === undefined) return [];
  return [dataFolderOf(service, kept, folder) + accessLog.slice(kept.path.length)];
}

/** The platform's own: its hosts ask each other's sites, and containers those of their host. */
const ownOf = ({ publicAddress, bindAddress }: Machine, { hosts, networks }: ServiceContext): Output<string[]> =>
  all([publicAddress, bindAddress]).apply((addresses) => [
    ...[...addresses, ...hosts.map((host) => host.publicAddress)].filter(
      (address): address is string => address !== undefined && isIP(address) !== 0,
    ),
    ...Object.values(networks).map(({ subnet }) => subnet),
  ]);
