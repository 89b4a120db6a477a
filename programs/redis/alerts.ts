import { REDIS } from "../../capabilities/redis-database";
import type { Alert } from "../../model/monitoring";
import { camelCase } from "../../model/names";

/** What of a Redis decides how it is watched. */
interface Watched {
  /** Default: `redis`. */
  name?: string;
  whenFull: "allkeys-lru" | "noeviction";
}

/** What is wrong with a Redis: its absence, and of one that refuses what is new, that it is nearly full. */
export const redisAlerts = ({ name = REDIS, whenFull }: Watched): Alert[] => [
  {
    name: `${prefixOf(name)}Down`,
    expr: `absent(redis_up{service="${name}"} == 1)`,
    after: "2m",
    severity: "critical",
    summary: name === REDIS ? "Redis does not answer the collector" : `Redis of ${name} does not answer the collector`,
  },
  ...(whenFull === "noeviction" ? [nearlyFull(name)] : []),
];

const nearlyFull = (name: string): Alert => ({
  name: `${prefixOf(name)}Full`,
  expr: `redis_memory_used_bytes{service="${name}"} / redis_memory_max_bytes{service="${name}"} > 0.8`,
  after: "5m",
  severity: "critical",
  summary: `${name} is nearly full, and then refuses new jobs: see that its workers run`,
});

const prefixOf = (name: string): string => camelCase(name).replace(/^./, (first) => first.toUpperCase());
