import { postgresqlDatabase } from "../../../capabilities/postgresql-database";
import { defineService } from "../../../model/service";
import { hostnameOf } from "../../../model/site";
import { knexConnection } from "./nocodb/connection";

const SITE = { subdomain: "noco", port: 8080, access: "vpn" } as const;

const DATABASE = postgresqlDatabase.own("nocodb", "NocoDB's");

export default defineService({
  name: "nocodb",
  group: "apps",
  run: {
    image: "docker.io/nocodb/nocodb:0.301.2",
    networks: ["backend"],
    entrypoint: ["/usr/bin/dumb-init", "--", "/usr/src/appEntry/start.sh"],
  },
  // Its start unpacks the program into a folder of root's.
  user: { uid: 0, gid: 0 },
  port: SITE.port,
  expose: [SITE],
  environment: ({ domain }) => ({
    NC_PUBLIC_URL: `https://${hostnameOf(SITE, domain)}`,
    NC_DISABLE_TELE: "true",
    // Everybody who reaches the site may otherwise make an account.
    NC_INVITE_ONLY_SIGNUP: "true",
  }),
  secrets: {
    "database.json": { secret: DATABASE.password, variable: "NC_DB_JSON_FILE", render: knexConnection(DATABASE) },
    jwt_secret: {
      secret: {
        name: "nocodbJwtSecret",
        description: "Key that NocoDB signs logins with",
        ansible: "nocodb_jwt_secret",
        origin: "random",
        length: 32,
      },
      exported: "NC_AUTH_JWT_SECRET",
    },
    connection_key: {
      secret: {
        name: "nocodbConnectionKey",
        description: "Key that NocoDB encrypts credentials of other databases with; losing it loses them",
        ansible: "nocodb_connection_encrypt_key",
        bound: "the credentials in NocoDB's database are encrypted with the one of before",
        origin: "random",
        length: 32,
      },
      exported: "NC_CONNECTION_ENCRYPT_KEY",
    },
  },
  data: [{ path: "/usr/app/data", backup: { kind: "files" } }],
  limits: { memoryMiB: 384, cpus: 0.5 },
  health: {
    test: ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/api/v1/health"],
    startPeriod: 120,
  },
  version: {
    test: ["wget", "-q", "-O", "-", "http://127.0.0.1:8080/api/v1/version"],
    pattern: '"currentVersion":"(\\d+\\.\\d+\\.\\d+)"',
  },
  uses: [postgresqlDatabase.request(DATABASE)],
});
