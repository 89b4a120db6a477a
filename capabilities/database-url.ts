import type { Database } from "../model/service";

/** Where a program that takes one URL finds its database; what the password contains is quoted for a URL. */
export const databaseUrl =
  ({ name, role }: Pick<Database, "name" | "role">) =>
  (password: string): string =>
    `postgresql://${role}:${encodeURIComponent(password)}@postgresql:5432/${name}`;
