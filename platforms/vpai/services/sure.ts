import { defineService, hostnameOf, ownDatabase } from "../../../model/service";
import { REDIS_PASSWORD } from "./redis";
import { redisUrl } from "../../../capabilities/redis-url";

const SITE = { subdomain: "nzimbu", port: 3000, access: "vpn" } as const;

/** LiteLLM's router uses 0. */
const REDIS_DATABASE = 1;

const DATABASE = ownDatabase("sure", "Sure's");

export default defineService({
  name: "sure",
  group: "apps",
  image: "ghcr.io/we-promise/sure:0.6.8",
  user: { uid: 1000, gid: 1000 },
  networks: ["backend"],
  port: SITE.port,
  expose: [SITE],
  // The image's own start, which also brings the database up to date.
  entrypoint: ["/rails/bin/docker-entrypoint"],
  command: ["./bin/rails", "server"],
  environment: ({ domain }) => ({
    SELF_HOSTED: "true",
    APP_DOMAIN: hostnameOf(SITE, domain),
    DB_HOST: "postgresql",
    DB_PORT: "5432",
    POSTGRES_DB: DATABASE.name,
    POSTGRES_USER: DATABASE.role,
    // Ruby's allocator keeps one arena per thread otherwise, and the limit is soon reached.
    MALLOC_ARENA_MAX: "2",
  }),
  secrets: {
    database_password: { secret: DATABASE.password, exported: "POSTGRES_PASSWORD" },
    redis_url: { secret: REDIS_PASSWORD, exported: "REDIS_URL", render: redisUrl(REDIS_DATABASE) },
    secret_key_base: {
      secret: {
        name: "sureSecretKeyBase",
        description:
          "Key that Sure signs logins with and derives its encryption from; losing it loses what is encrypted",
        ansible: "sure_secret_key_base",
        origin: "random",
        length: 64,
      },
      exported: "SECRET_KEY_BASE",
    },
  },
  data: [{ path: "/rails/storage" }],
  limits: { memoryMiB: 512, cpus: 0.5 },
  health: { test: ["curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:3000/up"], startPeriod: 180 },
  // Nothing but its own pages tells the version, and those ask for a login.
  version: { test: ["cat", "config/initializers/version.rb"], pattern: '"(\\d+\\.\\d+\\.\\d+)' },
  needs: ["postgresql", "redis"],
  database: DATABASE,
  stopTimeout: 30,
  backup: { kind: "files", paths: ["/rails/storage"] },
});
