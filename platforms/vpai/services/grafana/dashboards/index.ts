import { backups } from "./backups";
import { caddy } from "./caddy";
import { containers } from "./containers";
import type { Dashboard } from "./dashboard";
import { hosts } from "./hosts";
import { litellm } from "./litellm";
import { n8n } from "./n8n";
import { postgresql } from "./postgresql";
import { redis } from "./redis";

/** Every dashboard that Grafana shows. */
export const dashboards: readonly Dashboard[] = [hosts, containers, postgresql, redis, caddy, n8n, litellm, backups];
