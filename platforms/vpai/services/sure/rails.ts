import { postgresqlDatabase } from "../../../../capabilities/postgresql-database";
import { redisDatabase } from "../../../../capabilities/redis-database";
import type { ServiceContext } from "../../../../model/context";
import type { Exposure } from "../../../../model/site";
import { hostnameOf } from "../../../../model/site";
import type { ContainerService } from "../../../../model/service";
import { redisPassword } from "../../../../programs/redis";
import { SURE_SEED } from "./seed";
import { UNSEEN } from "../../../../programs/unseen";

export const SITE = {
  subdomain: "nzimbu",
  port: 3000,
  access: "vpn",
  answers: { status: 302, to: "/sessions/new" },
} as const satisfies Exposure;

/** Where Sure's jobs wait for its worker; LiteLLM's router uses 0. */
export const JOBS = { number: 1, password: redisPassword() };

export const DATABASE = postgresqlDatabase.own("sure", "Sure's", { seed: SURE_SEED });

/** The folder of files that are uploaded, which a worker reads and the web part serves. */
export const STORAGE = { path: "/rails/storage", directory: "sure" };

/** The same program in two parts, which agree on everything but what they run: the web part and the worker. */
export const rails = {
  group: "apps",
  user: { uid: 1000, gid: 1000 },
  environment: (context: ServiceContext) => ({
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
    redis_url: { secret: JOBS.password, exported: "REDIS_URL", render: redisDatabase.url(JOBS) },
    secret_key_base: {
      secret: {
        name: "sureSecretKeyBase",
        description:
          "Key that Sure signs logins with and derives its encryption from; losing it loses what is encrypted",
        ansible: "sure_secret_key_base",
        fixed: {
          because: "what Sure has encrypted is lost without the one of before",
          lost: "its users' second factors, API keys and connections to banks, and every session",
          decrypts: true,
        },
        origin: "random",
        length: 64,
      },
      exported: "SECRET_KEY_BASE",
    },
  },
  // Nothing but its own pages tells the version, and those ask for a login.
  version: { test: ["cat", "config/initializers/version.rb"], pattern: '"(\\d+\\.\\d+\\.\\d+)' },
} as const satisfies Partial<ContainerService>;

/** The image's own start; of the web part, it also brings the database up to date. */
export const started = {
  image: "ghcr.io/we-promise/sure:0.6.8",
  entrypoint: ["/rails/bin/docker-entrypoint"],
  writableRoot: UNSEEN,
} as const;
