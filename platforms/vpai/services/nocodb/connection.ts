import { type Database, postgresqlDatabase } from "../../../../capabilities/postgresql-database";
import type { ServiceContext } from "../../../../model/context";

/** The file that NocoDB reads its database from: settings of knex, as JSON. */
export const knexConnection =
  (database: Database) =>
  (password: string, context: ServiceContext): string => {
    const { host, port } = postgresqlDatabase.serverOf(context, database);
    return JSON.stringify({
      client: "pg",
      connection: { host, port, user: database.role, password, database: database.name },
    });
  };
