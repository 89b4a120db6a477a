import { PostgresDatabase } from "@vpai/providers";
import type { Service } from "../../model/service";
import { madeIn, type Servers } from "./servers";

/** The database that a service declares, with its role. */
export function databases({ database }: Service, servers: Servers): PostgresDatabase[] {
  if (database === undefined) return [];
  const { host } = servers;
  const server = servers.serving("databaseServer");
  const { superuser, password } = server.role;
  return [
    new PostgresDatabase(
      `${host.owner.host}/database/${database.name}`,
      {
        connection: host.connection,
        server: { container: server.running.containerName, superuser, password: host.secrets.require(password) },
        database: database.name,
        role: database.role,
        password: host.secrets.require(database.password),
        ...(database.memberOf === undefined ? {} : { memberOf: [...database.memberOf] }),
      },
      { ...madeIn(server.running), protect: host.protect },
    ),
  ];
}
