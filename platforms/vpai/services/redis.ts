import { createHash } from "node:crypto";
import { defineService, SECRETS_FOLDER } from "../../../model/service";

const CONF = `bind * -::*
protected-mode no
port 6379
dir /data
appendonly yes
appendfsync everysec
save 3600 1 300 100
maxmemory 256mb
maxmemory-policy allkeys-lru
aclfile ${SECRETS_FOLDER}/users.acl
`;

/** User that may read the server's figures; it has no password. */
export const METRICS_USER = "metrics";

/**
 * Redis keeps hashes of passwords; `health` may do nothing but ask whether the server is there, and the metrics' user only read
 * the server's figures.
 */
const acl = (password: string): string =>
  `user default on #${createHash("sha256").update(password).digest("hex")} ~* &* +@all\n` +
  "user health on nopass -@all +ping\n" +
  `user ${METRICS_USER} on nopass -@all +ping +info +client|setname +slowlog|len +latency|latest\n`;

/** The password of Redis' default user, for every service that uses Redis. */
export const REDIS_PASSWORD = {
  name: "redisPassword",
  description: "Password of Redis' default user",
  ansible: "redis_password",
  origin: "random",
  length: 32,
} as const;

export default defineService({
  name: "redis",
  group: "core",
  image: "docker.io/library/redis:8.0.2",
  user: { uid: 999, gid: 999 },
  networks: ["backend"],
  port: 6379,
  command: ["redis-server", "/usr/local/etc/redis/redis.conf"],
  files: () => [{ path: "/usr/local/etc/redis/redis.conf", content: CONF }],
  secrets: { "users.acl": { secret: REDIS_PASSWORD, render: acl } },
  data: [{ path: "/data" }],
  limits: { memoryMiB: 384, cpus: 0.5 },
  health: {
    test: ["redis-cli", "-e", "-u", "redis://health:none@127.0.0.1:6379", "--no-auth-warning", "ping"],
    interval: 10,
  },
  metrics: { exporter: "redis" },
  version: { test: ["redis-server", "--version"], pattern: "v=(\\d+\\.\\d+\\.\\d+)" },
  backup: { kind: "redis-snapshot" },
});
