import path from "node:path";
import { PostgresDatabase, SeededDatabase } from "@vpai/providers";
import type { Backup } from "../model/backup";
import {
  containerOf,
  defineCapability,
  type RequestOptions,
  type Running,
  type MakeContext,
} from "../model/capability";
import type { ServiceContext } from "../model/context";
import { peer } from "../model/peers";
import type { Proof } from "../model/proof";
import type { SecretDeclaration } from "../model/secret";
import type { Seed } from "../model/seed";
import { camelCase } from "../model/names";
import { methodIn } from "./backups/method";
import { SEED_KEYS, seedSource } from "./seeds/source";

/** What makes a service the one that keeps the others' databases. */
export interface DatabaseServer {
  superuser: string;
  password: SecretDeclaration;
}

/** A database and the role that owns it. */
export interface Database {
  name: string;
  role: string;
  password: SecretDeclaration;
  /** Roles of the server whose rights the role has, and no others, e.g. `pg_monitor`. Default: none. */
  memberOf?: readonly string[];
  /** Default: it is dumped. */
  backup?: Backup;
  /** What of it may leave production (docs/seeds.md). Default: nothing. */
  seed?: Seed;
  /** Name of the service that keeps it. Default: whoever keeps databases, on the own host first. */
  server?: string;
}

/** Every database but those that are declared to need no copy; the ones that are requested must be there. */
const partOf = ({ superuser }: DatabaseServer, requests: readonly Database[]) => {
  const isKept = ({ backup }: Database): boolean => backup?.kind !== "none";
  return {
    method: methodIn(path.join(__dirname, "backups"), "postgresql"),
    arguments: [superuser, ...requests.map((database) => `${isKept(database) ? "+" : "-"}${database.name}`).sort()],
  };
};

/** What providers log in to a running server with. */
const superuserOf = ({ offer, endpoint }: Pick<Running<DatabaseServer>, "offer" | "endpoint">, at: MakeContext) => ({
  container: containerOf(endpoint),
  superuser: offer.superuser,
  password: at.secret(offer.password),
});

/** Goes over to another role and database, as standard input says: over TCP, where the password has to be proved. */
const LOGIN = `said=$(psql -h /var/run/postgresql -U "$1" -d postgres --no-psqlrc --no-password --quiet -v ON_ERROR_STOP=1 -f - 2>&1) && echo accepted && exit
case $said in *"password authentication failed"*) echo refused ;; *) printf '%s\n' "$said" >&2; exit 1 ;; esac`;

/** How the password of a role is tried. */
const loginOf = (superuser: string, { role, name, password }: Pick<Database, "role" | "name" | "password">): Proof => ({
  secret: password,
  as: `role ${role}`,
  command: ["sh", "-c", LOGIN, "login", superuser],
  input: (value) => `\\connect postgresql://${quoted(role)}:${quoted(value)}@127.0.0.1/${quoted(name)}\n`,
});

/** For a URL among the arguments of psql, to which an apostrophe is a quotation mark. */
const quoted = (text: string): string => encodeURIComponent(text).replaceAll("'", "%27");

/** A database and its role in a PostgreSQL server. Data outlives its declaration: nothing ever drops it. */
const capability = defineCapability<DatabaseServer, Database>({
  name: "PostgreSQL database",
  when: "before",
  guarded: true,
  offerSecrets: ({ password }) => [password],
  requestSecrets: ({ password }) => [password],
  offerProofs: ({ superuser, password }) => [loginOf(superuser, { role: superuser, name: "postgres", password })],
  requestProofs: (database, { superuser }) => [loginOf(superuser, database)],
  claims: ({ name, role }) => [`database ${name}`, `role ${role}`],
  keeps: ({ backup = { kind: "postgresql-dump" } }) => backup,
  backup: partOf,
  backupItem: ({ name }) => name,
  make: ({ name, role, password, memberOf = [], seed }, { offer, host, connection, endpoint, ready, scope }, at) => {
    const database = new PostgresDatabase(
      `${host}/database/${name}`,
      {
        connection,
        server: superuserOf({ offer, endpoint }, at),
        database: name,
        role,
        password: at.secret(password),
        memberOf: [...memberOf],
      },
      { parent: scope, dependsOn: [ready], protect: at.protect },
    );
    const source = seedSource(at.context);
    if (source === undefined || seed?.kind !== "sanitised") return database;
    return new SeededDatabase(
      `${host}/seed/${name}`,
      {
        connection,
        container: containerOf(endpoint),
        superuser: offer.superuser,
        database: name,
        role,
        source: { ...source, accessKey: at.secret(SEED_KEYS.access), secretKey: at.secret(SEED_KEYS.secret) },
      },
      { parent: scope, dependsOn: [database] },
    );
  },
});

/** The capability, requested of the server that the database names, and how its superuser is reached. */
export const postgresqlDatabase = {
  ...capability,
  superuserOf,

  request: (database: Database, options: Omit<RequestOptions, "from"> = {}) =>
    capability.request(database, { ...options, from: database.server }),

  /**
   * A database of a service's own, with a role of the same name and a generated password.
   * @param name of database and role
   * @param whose the program in the possessive, for the description: `LiteLLM's`
   */
  own: (
    name: string,
    whose: string,
    more: Pick<Database, "memberOf" | "backup" | "seed" | "server"> = {},
  ): Database => ({
    name,
    role: name,
    password: {
      name: `${camelCase(name)}DatabasePassword`,
      description: `Password of ${whose} role in PostgreSQL`,
      ansible: `${name.replaceAll("-", "_")}_db_password`,
      origin: "random",
      length: 32,
    },
    ...more,
  }),

  /** Where the server of a database answers a service of this host. */
  serverOf: (context: ServiceContext, { server }: Pick<Database, "server">) => peer(context, capability, server),

  /** Where a program that takes one URL finds its database; what the password contains is quoted for a URL. */
  url:
    (database: Database, parameters = "") =>
    (password: string, context: ServiceContext): string => {
      const { host, port } = postgresqlDatabase.serverOf(context, database);
      return `postgresql://${database.role}:${encodeURIComponent(password)}@${host}:${port}/${database.name}${parameters}`;
    },
};
