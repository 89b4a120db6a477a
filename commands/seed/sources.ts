import type { Connection } from "@vpai/providers";
import { UserError } from "../../model/finding";
import type { Service } from "../../model/service";
import { backupUnitOf } from "../backups/host";
import type { DeployedHost } from "../stack/hosts";
import { databasesOf, serversOf, type StackDatabase, type StackServer } from "./databases";

/** A server of databases of a stack that is up. */
export interface Source {
  host: string;
  connection: Connection;
  server: StackServer;
  /** The server's container. */
  container: string;
  /** All that the stack's services ask for. */
  databases: readonly StackDatabase[];
  /** The job that makes the host's sets of backups. */
  unit: string;
}

/** What is looked at of a stack. */
interface Up {
  hosts: Readonly<Record<string, { services: readonly Service[] }>>;
  deployed: Readonly<Record<string, DeployedHost>>;
}

/** Servers of databases of a stack that is up. */
export function sourcesOf({ hosts, deployed }: Up): Source[] {
  const databases = databasesOf(Object.values(hosts).flatMap(({ services }) => services));
  return Object.entries(hosts).flatMap(([host, { services }]) => {
    const up = deployed[host];
    return serversOf(services).flatMap((server) => {
      const container = up?.services[server.service]?.container;
      if (up === undefined || container === undefined) return [];
      return [{ host, connection: up.connection, server, container, databases, unit: backupUnitOf(host, up) ?? "" }];
    });
  });
}

/** The one that is meant. @param host its host's name; empty: the only one @throws UserError where there is none, or more than one */
export function chosenSource(stack: Up, host: string): Source {
  const found = sourcesOf(stack).filter((source) => source.unit !== "" && (host === "" || source.host === host));
  const [source] = found;
  if (source === undefined || found.length > 1)
    throw new UserError(
      `expected one host with databases and backups${host === "" ? ", or its name in HOST" : ` named ${host}`}, found ` +
        (found.map((one) => one.host).join(", ") || "none"),
    );
  return source;
}
