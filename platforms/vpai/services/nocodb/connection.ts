import type { Database } from "../../../../model/service";

/** The file that NocoDB reads its database from: settings of knex, as JSON. */
export const knexConnection =
  ({ name, role }: Pick<Database, "name" | "role">) =>
  (password: string): string =>
    JSON.stringify({
      client: "pg",
      connection: { host: "postgresql", port: 5432, user: role, password, database: name },
    });
