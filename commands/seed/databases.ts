import { postgresqlDatabase, type Database, type DatabaseServer } from "../../capabilities/postgresql-database";
import { isContainerService, type Service } from "../../model/service";
import { type Seed, type SeedRules, UNSAID } from "../../model/seed";

/** A database of a stack, and what of it may leave. */
export interface StackDatabase {
  name: string;
  /** Who owns it. */
  role: string;
  seed: Seed;
}

/** What serves databases on a host. */
export interface StackServer {
  /** The service's name; also that of its part of a set of backups. */
  service: string;
  superuser: string;
  user: { uid: number; gid: number };
}

/** Servers of databases among a host's services. */
export const serversOf = (services: readonly Service[]): StackServer[] =>
  services
    .filter(isContainerService)
    .flatMap(({ name, user, offers = [] }) =>
      offers
        .filter(({ capability }) => capability === postgresqlDatabase.name)
        .map(({ offer }) => ({ service: name, user, superuser: (offer as DatabaseServer).superuser })),
    );

/** Databases that services request, each once, by name. */
export function databasesOf(services: readonly Service[]): StackDatabase[] {
  const requests = services
    .flatMap(({ uses = [] }) => uses)
    .filter(({ capability }) => capability === postgresqlDatabase.name)
    .map(({ request }) => request as Database);
  const byName = new Map(requests.map((database) => [database.name, database]));
  return [...byName.values()]
    .map(({ name, role, seed = UNSAID }) => ({ name, role, seed }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** A database that has rules. */
export type SeededDatabase = StackDatabase & { seed: SeedRules };

/** Whether a seed has a database. */
export const isSeeded = (database: StackDatabase): database is SeededDatabase => database.seed.kind === "sanitised";
