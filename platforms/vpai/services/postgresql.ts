import { defineService } from "../../../model/service";

/** The image's own superuser. */
const SUPERUSER = {
  superuser: "postgres",
  password: {
    name: "postgresqlPassword",
    description: "Password of PostgreSQL's superuser",
    ansible: "postgresql_password",
    origin: "random",
    length: 32,
    check: singleLine,
  },
} as const;

const LISTEN = `listen_addresses = '*'
port = 5432
max_connections = 100
shared_buffers = 256MB
effective_cache_size = 768MB
maintenance_work_mem = 64MB
wal_compression = on
password_encryption = scram-sha-256
log_line_prefix = '%m [%p] %q%u@%d '
log_min_duration_statement = 1000
log_checkpoints = off
hba_file = '/etc/postgresql/pg_hba.conf'
`;

/** Local peers of the container are the server's own tools; everybody else proves a password. */
const HBA = `# TYPE  DATABASE  USER  ADDRESS       METHOD
local   all       all                 trust
host    all       all   127.0.0.1/32  scram-sha-256
host    all       all   ::1/128       scram-sha-256
host    all       all   172.20.2.0/24 scram-sha-256
`;

export default defineService({
  name: "postgresql",
  group: "core",
  image: "docker.io/library/postgres:18.1",
  user: { uid: 999, gid: 999 },
  networks: ["backend"],
  port: 5432,
  command: ["postgres", "-c", "config_file=/etc/postgresql/postgresql.conf"],
  environment: () => ({ POSTGRES_INITDB_ARGS: "--data-checksums" }),
  files: () => [
    { path: "/etc/postgresql/postgresql.conf", content: LISTEN },
    { path: "/etc/postgresql/pg_hba.conf", content: HBA },
  ],
  secrets: { superuser_password: { secret: SUPERUSER.password, variable: "POSTGRES_PASSWORD_FILE" } },
  data: [{ path: "/var/lib/postgresql" }],
  scratch: ["/var/run/postgresql"],
  limits: { memoryMiB: 1024, cpus: 1.5 },
  health: { test: ["pg_isready", "--username", SUPERUSER.superuser, "--host", "127.0.0.1"], interval: 10 },
  metrics: { exporter: "postgresql" },
  databaseServer: SUPERUSER,
  version: { test: ["postgres", "--version"], pattern: "\\(PostgreSQL\\) (\\d+\\.\\d+)" },
  stopTimeout: 60,
  backup: { kind: "postgresql-dump" },
});

/** initdb reads a password from one line. */
export function singleLine(value: string): string | undefined {
  return /[\n\r\0]/.test(value) ? "expected one line, found a line break or NUL" : undefined;
}
