import { postgresqlDatabase } from "../../../capabilities/postgresql-database";
import { ofLength } from "../../../model/secret";
import { defineService } from "../../../model/service";
import { hostnameOf } from "../../../model/site";
import { attachmentsIn, BUCKET_SETTINGS, bucketSecret } from "./nocodb/attachments";
import { knexConnection } from "./nocodb/connection";
import { NOCODB_SEED } from "./nocodb/seed";

const SITE = {
  subdomain: "noco",
  port: 8080,
  access: "vpn",
  answers: { status: 302, to: "/dashboard" },
} as const;

const DATABASE = postgresqlDatabase.own("nocodb", "NocoDB's", { seed: NOCODB_SEED });

/** Its start makes the owner before it answers anybody, and sets the password back when another one is found. */
const OWNER = {
  name: "nocodbAdminPassword",
  description: "Password of the account that owns NocoDB; its name is vpai:ownerEmail",
  ansible: "nocodb_admin_password",
  origin: "random",
  length: 32,
  check: ofLength(8, 72),
} as const;

export default defineService({
  name: "nocodb",
  group: "apps",
  run: {
    image: "docker.io/nocodb/nocodb:0.301.2",
    // Attachments lie in object storage, which is outside.
    networks: ["backend", "egress"],
    writableRoot: "its start unpacks the program beside itself",
    entrypoint: ["/usr/bin/dumb-init", "--", "/usr/src/appEntry/start.sh"],
  },
  // Its start unpacks the program into a folder of root's.
  user: { uid: 0, gid: 0 },
  port: SITE.port,
  expose: [SITE],
  environment: (context) => ({
    NC_ADMIN_EMAIL: context.ownerEmail,
    NC_PUBLIC_URL: `https://${hostnameOf(SITE, context.domain)}`,
    NC_DISABLE_TELE: "true",
    ...attachmentsIn(context),
  }),
  secrets: {
    "database.json": { secret: DATABASE.password, variable: "NC_DB_JSON_FILE", render: knexConnection(DATABASE) },
    admin_password: { secret: OWNER, exported: "NC_ADMIN_PASSWORD" },
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
        fixed: {
          because: "the credentials in NocoDB's database are encrypted with the one of before",
          lost: "the credentials of all databases and stores that NocoDB was given",
          decrypts: true,
        },
        origin: "random",
        length: 32,
      },
      exported: "NC_CONNECTION_ENCRYPT_KEY",
    },
    s3_access_key: { secret: bucketSecret("AccessKey", "access_key"), exported: "NC_S3_ACCESS_KEY" },
    s3_secret_key: { secret: bucketSecret("SecretKey", "secret_key"), exported: "NC_S3_ACCESS_SECRET" },
  },
  proofs: ({ ownerEmail }) => [
    {
      secret: OWNER,
      as: "the owner",
      request: (password) => ({
        method: "POST",
        path: "/api/v1/auth/user/signin",
        body: { email: ownerEmail, password },
      }),
      // It calls a wrong password a bad request.
      refused: [400, 401],
    },
  ],
  // Its sign-up makes an account for whoever comes, also once there is an owner (docs/decisions/first-users.md).
  firstUser: {
    closed: ["", "/api/v1/db", "/api/v1", "/api/v2"].map((version) => `${version}/auth/user/signup*`),
    owner: OWNER,
  },
  data: [{ path: "/usr/app/data", backup: { kind: "files" } }],
  limits: { memoryMiB: 320, cpus: 0.5 },
  health: {
    test: ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/api/v1/health"],
    startPeriod: 120,
  },
  version: {
    test: ["wget", "-q", "-O", "-", "http://127.0.0.1:8080/api/v1/version"],
    pattern: '"currentVersion":"(\\d+\\.\\d+\\.\\d+)"',
  },
  uses: [postgresqlDatabase.request(DATABASE)],
  settings: BUCKET_SETTINGS,
});
