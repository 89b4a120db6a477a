import { account, type AccountPages } from "../../../capabilities/account";
import { postgresqlDatabase } from "../../../capabilities/postgresql-database";
import { redisDatabase } from "../../../capabilities/redis-database";
import { ofLength } from "../../../model/secret";
import { defineService } from "../../../model/service";
import { hostnameOf } from "../../../model/site";
import { redisPassword } from "../../../programs/redis";

const SITE = {
  subdomain: "nzimbu",
  port: 3000,
  access: "vpn",
  answers: { status: 302, to: "/sessions/new" },
} as const;

/** LiteLLM's router uses 0. */
const REDIS = { number: 1, password: redisPassword() };

const DATABASE = postgresqlDatabase.own("sure", "Sure's");

const NAME = "sure";

/** Sure refuses a password without a sign (`app/controllers/api/v1/auth_controller.rb`). */
const OWNER = {
  name: "sureAdminPassword",
  description: "Password of the account that owns Sure; its name is vpai:ownerEmail",
  ansible: "sure_admin_password",
  origin: "random",
  length: 32,
  mixed: true,
  check: ofLength(8, 72),
} as const;

/** Sure keeps a list of the devices that log in. */
const DEVICE = {
  device_id: "vpai-deployment",
  device_name: "VPAI's deployment",
  device_type: "web",
  os_version: "1",
  app_version: "1",
};

/** The requests of its app for phones; its pages want a form's token, and make the same account. */
const ACCOUNTS: AccountPages = {
  signIn: { path: "/api/v1/auth/login", body: (one) => ({ ...one, device: DEVICE }) },
  signUp: {
    path: "/api/v1/auth/signup",
    body: (one) => ({ user: { ...one, first_name: "Owner", last_name: "Owner" }, device: DEVICE }),
  },
};

export default defineService({
  name: NAME,
  group: "apps",
  run: {
    image: "ghcr.io/we-promise/sure:0.6.8",
    networks: ["backend"],
    // The image's own start, which also brings the database up to date.
    entrypoint: ["/rails/bin/docker-entrypoint"],
    command: ["./bin/rails", "server"],
  },
  user: { uid: 1000, gid: 1000 },
  port: SITE.port,
  expose: [SITE],
  environment: (context) => ({
    SELF_HOSTED: "true",
    APP_DOMAIN: hostnameOf(SITE, context.domain),
    DB_HOST: postgresqlDatabase.serverOf(context, DATABASE).host,
    DB_PORT: String(postgresqlDatabase.serverOf(context, DATABASE).port),
    POSTGRES_DB: DATABASE.name,
    POSTGRES_USER: DATABASE.role,
    // Ruby's allocator keeps one arena per thread otherwise, and the limit is soon reached.
    MALLOC_ARENA_MAX: "2",
  }),
  secrets: {
    database_password: { secret: DATABASE.password, exported: "POSTGRES_PASSWORD" },
    redis_url: { secret: REDIS.password, exported: "REDIS_URL", render: redisDatabase.url(REDIS) },
    secret_key_base: {
      secret: {
        name: "sureSecretKeyBase",
        description:
          "Key that Sure signs logins with and derives its encryption from; losing it loses what is encrypted",
        ansible: "sure_secret_key_base",
        bound: "what Sure has encrypted is lost without the one of before",
        origin: "random",
        length: 64,
      },
      exported: "SECRET_KEY_BASE",
    },
  },
  firstUser: {
    closed: ["/registration*", "/api/v1/auth/signup*", "/api/v1/auth/sso_create_account*"],
    owner: OWNER,
  },
  data: [{ path: "/rails/storage", backup: { kind: "files" } }],
  limits: { memoryMiB: 512, cpus: 0.5 },
  health: { test: ["curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:3000/up"], startPeriod: 180 },
  // Nothing but its own pages tells the version, and those ask for a login.
  version: { test: ["cat", "config/initializers/version.rb"], pattern: '"(\\d+\\.\\d+\\.\\d+)' },
  uses: [
    postgresqlDatabase.request(DATABASE),
    redisDatabase.request(REDIS),
    account.request({ of: NAME, password: OWNER }, { from: NAME }),
  ],
  offers: [account.offer({ site: SITE, pages: ACCOUNTS })],
  stopTimeout: 30,
});
