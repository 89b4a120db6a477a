import { postgresqlDatabase } from "../../../capabilities/postgresql-database";
import { redisDatabase } from "../../../capabilities/redis-database";
import { defineService } from "../../../model/service";
import { hostnameOf } from "../../../model/site";
import { redisPassword } from "../../../programs/redis";

const SITE = { subdomain: "nzimbu", port: 3000, access: "vpn" } as const;

/** LiteLLM's router uses 0. */
const REDIS = { number: 1, password: redisPassword() };

const DATABASE = postgresqlDatabase.own("sure", "Sure's");

export default defineService({
  name: "sure",
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
  data: [{ path: "/rails/storage", backup: { kind: "files" } }],
  limits: { memoryMiB: 512, cpus: 0.5 },
  health: { test: ["curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:3000/up"], startPeriod: 180 },
  // Nothing but its own pages tells the version, and those ask for a login.
  version: { test: ["cat", "config/initializers/version.rb"], pattern: '"(\\d+\\.\\d+\\.\\d+)' },
  uses: [postgresqlDatabase.request(DATABASE), redisDatabase.request(REDIS)],
  stopTimeout: 30,
});
