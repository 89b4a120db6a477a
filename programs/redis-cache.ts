import { redisCache } from "../capabilities/redis-cache";
import type { ContainerService } from "../model/service";
import { redisPassword, type RedisArgs, redisServer } from "./redis";

/** Nothing is kept over a restart, and what was asked for longest ago makes room: a cache loses nothing by either. */
const SETTINGS = `appendonly no
save ""
maxmemory 40mb
maxmemory-policy allkeys-lru
`;

/** Redis 8 that forgets: for what can be had again. Clients tell how often they found something in it. */
export function redisCacheServer({ name = "redis-cache", group, networks }: RedisArgs): ContainerService {
  const server = redisServer({ name, group, networks, settings: SETTINGS });
  return {
    ...server,
    run: { ...server.run, scratch: ["/data"] },
    limits: { memoryMiB: 64, cpus: 0.25 },
    offers: [redisCache.offer({ password: redisPassword(name) })],
  };
}
