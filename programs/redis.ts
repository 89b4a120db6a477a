import { createHash } from "node:crypto";
import { redisAuth, redisDatabase } from "../capabilities/redis-database";
import { SECRETS_FOLDER } from "../model/files";
import { camelCase } from "../model/names";
import type { SecretDeclaration } from "../model/secret";
import type { ContainerService } from "../model/service";
import { REDIS_DASHBOARD } from "./redis/dashboard";

/** What differs between one Redis and another. */
export interface RedisArgs {
  /** Default: `redis`. */
  name?: string;
  group: string;
  networks: readonly string[];
}

/** Settings of every Redis: who may reach it, where it keeps its files, who its users are. */
const COMMON = `bind * -::*
protected-mode no
port 6379
dir /data
aclfile ${SECRETS_FOLDER}/users.acl
`;

/** Queues and budgets lie here: when it is full, who writes is told so, and nothing is forgotten. */
const KEPT = `appendonly yes
appendfsync everysec
save 3600 1 300 100
maxmemory 192mb
maxmemory-policy noeviction
`;

/** User that may read the server's figures; it has no password. */
const METRICS_USER = "metrics";

/**
 * Redis keeps hashes of passwords, as many as are in force; `health` may do nothing but ask whether the server is there, and the metrics' user only read
 * the server's figures.
 */
export const redisAcl = (...passwords: readonly string[]): string =>
  `user default on ${passwords.map((password) => `#${sha256(password)}`).join(" ")} ~* &* +@all\n` +
  "user health on nopass -@all +ping\n" +
  `user ${METRICS_USER} on nopass -@all +ping +info +client|setname +slowlog|len +latency|latest\n`;

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** The password of Redis' default user, for every service that uses Redis. @param name of the Redis */
export const redisPassword = (name = "redis"): SecretDeclaration => ({
  name: `${camelCase(name)}Password`,
  description: "Password of Redis' default user",
  ansible: `${name.replaceAll("-", "_")}_password`,
  origin: "random",
  length: 32,
});

/** Has Redis read its users' file, by the first of the logins that it lets in. Who is logged in stays so. */
const LOAD_USERS = `while IFS= read -r login; do
  said=$(printf '%s\\nACL LOAD\\n' "$login" | redis-cli 2>&1)
  if [ "$(printf '%s\\n' "$said" | grep -cx OK)" = 2 ]; then exit 0; fi
done
printf '%s\\n' "\${said:-no login}" >&2; exit 1`;

/** What every Redis is, whatever it is for. @param settings beside those of every one */
export function redisServer(args: RedisArgs & { name: string; settings: string }) {
  const { name, group, networks, settings } = args;
  return {
    name,
    group,
    run: {
      image: "docker.io/library/redis:8.0.2",
      networks,
      command: ["redis-server", "/usr/local/etc/redis/redis.conf"],
    },
    user: { uid: 999, gid: 999 },
    port: 6379,
    files: () => [{ path: "/usr/local/etc/redis/redis.conf", content: COMMON + settings }],
    secrets: {
      "users.acl": {
        secret: redisPassword(name),
        render: (password: string) => redisAcl(password),
        both: { render: (password: string, before: string) => redisAcl(password, before) },
      },
    },
    onChange: { reloadSecrets: { login: redisPassword(name), line: redisAuth, command: ["sh", "-c", LOAD_USERS] } },
    health: {
      test: ["redis-cli", "-e", "-u", "redis://health:none@127.0.0.1:6379", "--no-auth-warning", "ping"],
      interval: 10,
    },
    version: { test: ["redis-server", "--version"], pattern: "v=(\\d+\\.\\d+\\.\\d+)" },
  } satisfies Partial<ContainerService>;
}

/** Redis 8 that keeps what it is told, with users for its health check and its metrics. */
export function redis({ name = "redis", group, networks }: RedisArgs): ContainerService {
  return {
    ...redisServer({ name, group, networks, settings: KEPT }),
    data: [{ path: "/data", backup: { kind: "redis-snapshot" } }],
    limits: { memoryMiB: 288, cpus: 0.5 },
    metrics: {
      exporter: {
        component: "prometheus.exporter.redis",
        // The exporter names its user only together with a password; Redis asks this one for none and takes any.
        attributes: (address) => ({ redis_addr: address, redis_user: METRICS_USER, redis_password: "none" }),
      },
    },
    alerts: () => [
      {
        name: "RedisDown",
        expr: "absent(redis_up == 1)",
        after: "2m",
        severity: "critical",
        summary: "Redis does not answer the collector",
        runbook: "a-program-tells-no-metrics",
      },
      {
        // It drops nothing to make room, and its container's limit, which has room for its copies, is never reached.
        name: "RedisFull",
        expr: "redis_memory_used_bytes / (redis_memory_max_bytes > 0) > 0.9",
        after: "10m",
        severity: "critical",
        summary:
          "Redis uses {{ $value | humanizePercentage }} of its memory, and refuses new jobs and figures when it is full",
        value: "{{ $value | humanizePercentage }}",
        runbook: "memory-runs-out",
      },
    ],
    dashboards: [REDIS_DASHBOARD],
    offers: [redisDatabase.offer({ password: redisPassword(name) })],
  };
}
