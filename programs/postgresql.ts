import { type DatabaseServer, postgresqlDatabase } from "../capabilities/postgresql-database";
import { clusterPlace, postgresqlVersions } from "../capabilities/postgresql-major";
import type { ServiceContext } from "../model/context";
import { camelCase } from "../model/names";
import { remoteClients, subnetsOf } from "../model/peers";
import { type ContainerRun, isContainer } from "../model/run";
import type { ContainerService } from "../model/service";
import { POSTGRESQL_DASHBOARD } from "./postgresql/dashboard";

const IMAGE = "docker.io/library/postgres:18.1";

/** Environment variable of the collector that holds the connection string of its role. */
export const METRICS_VARIABLE = "POSTGRESQL_DSN";

/** What the image mounts. Each major version has a folder of its own below it, so that an older cluster stays where it is. */
const FOLDER = "/var/lib/postgresql";

/** What differs between one PostgreSQL and another. */
export interface PostgresqlArgs {
  /** Default: `postgresql`. */
  name?: string;
  group: string;
  networks: readonly string[];
  publish?: ContainerRun["publish"];
}

/** For 640 MiB of memory, 40 % of them shared buffers; no source (docs/decisions/limits.md). */
const SETTINGS = `listen_addresses = '*'
port = 5432
max_connections = 100
shared_buffers = 256MB
effective_cache_size = 384MB
maintenance_work_mem = 64MB
wal_compression = on
password_encryption = scram-sha-256
log_line_prefix = '%m [%p] %q%u@%d '
log_min_duration_statement = 1000
log_checkpoints = off
hba_file = '/etc/postgresql/pg_hba.conf'
`;

/** Local peers of the container are the server's own tools; everybody else proves a password. */
const hba = (clients: readonly string[]): string =>
  [
    "# TYPE  DATABASE  USER  ADDRESS       METHOD",
    "local   all       all                 trust",
    "host    all       all   127.0.0.1/32  scram-sha-256",
    "host    all       all   ::1/128       scram-sha-256",
    ...clients.map((network) => `host    all       all   ${network} scram-sha-256`),
    "",
  ].join("\n");

/** The server's own networks, and the hosts that its clients on other hosts come from. */
const clientsOf = (context: ServiceContext, networks: readonly string[]): string[] => [
  ...subnetsOf(context, networks),
  ...remoteClients(context, postgresqlDatabase).map((address) => `${address}/32`),
];

/** The server's image, as the stack has it. */
const imageOf = (name: string, { services }: ServiceContext): string => {
  const run = services.find((service) => service.name === name)?.run;
  return run !== undefined && isContainer(run) ? run.image : IMAGE;
};

/** PostgreSQL 18 with checksums, SCRAM logins and a database for whoever requests one. */
export function postgresql({ name = "postgresql", group, networks, publish }: PostgresqlArgs): ContainerService {
  const server: DatabaseServer = {
    // The image's own superuser.
    superuser: "postgres",
    password: {
      name: `${camelCase(name)}Password`,
      description: "Password of PostgreSQL's superuser",
      ansible: `${name.replaceAll("-", "_")}_password`,
      origin: "random",
      length: 32,
    },
  };
  return {
    name,
    group,
    run: {
      image: IMAGE,
      networks,
      ...(publish === undefined ? {} : { publish }),
      command: ["postgres", "-c", "config_file=/etc/postgresql/postgresql.conf"],
      scratch: ["/var/run/postgresql"],
      bash: true,
    },
    user: { uid: 999, gid: 999 },
    port: 5432,
    environment: (context) => ({
      POSTGRES_INITDB_ARGS: "--data-checksums",
      ...clusterPlace(imageOf(name, context), FOLDER),
    }),
    files: (context) => [
      { path: "/etc/postgresql/postgresql.conf", content: SETTINGS },
      { path: "/etc/postgresql/pg_hba.conf", content: hba(clientsOf(context, networks)) },
    ],
    // initdb reads it; later ones are told by whatever makes a database (providers/postgresql/superuser.ts).
    secrets: { superuser_password: { secret: server.password, variable: "POSTGRES_PASSWORD_FILE", live: true } },
    data: [
      {
        path: FOLDER,
        backup: { kind: "none", reason: "each database is dumped; the files are not copied" },
      },
    ],
    dataVersions: postgresqlVersions(server.superuser),
    limits: { memoryMiB: 640, cpus: 1.5 },
    health: { test: ["pg_isready", "--username", server.superuser, "--host", "127.0.0.1"], interval: 10 },
    metrics: {
      exporter: {
        component: "prometheus.exporter.postgres",
        attributes: () => ({ data_source_names: [{ environment: METRICS_VARIABLE }] }),
      },
    },
    alerts: () => [
      {
        name: "PostgreSQLDown",
        expr: "absent(pg_up == 1)",
        after: "2m",
        severity: "critical",
        summary: "PostgreSQL does not answer the collector",
        runbook: "a-program-tells-no-metrics",
      },
    ],
    dashboards: [POSTGRESQL_DASHBOARD],
    offers: [postgresqlDatabase.offer(server)],
    version: { test: ["postgres", "--version"], pattern: "\\(PostgreSQL\\) (\\d+\\.\\d+)" },
    stopTimeout: 60,
  };
}
