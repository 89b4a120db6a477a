import { addressOf, defineService } from "../../../model/service";
import redisHttp from "./opencut-redis-http";
import postgresql from "./opencut-postgresql";
import { DATABASE_PASSWORD, OPENCUT_DATABASE, PART, REDIS_TOKEN } from "./opencut/parts";
import { UNSEEN } from "../../../programs/unseen";

const PORT = 3000;

/** Cuts videos in the browser, on demand: `make opencut ACTION=start` (docs/decisions/opencut.md). */
export default defineService({
  name: "opencut",
  group: "studio",
  run: {
    ...PART,
    networks: ["workstation_creative", ...PART.networks],
    image: "ghcr.io/mobutoo/opencut:2025.7.1",
    publisher: "its owner",
    publish: [{ port: PORT, hostPort: 3100, protocol: "tcp", access: "host" }],
    entrypoint: ["bun", "apps/web/server.js"],
    scratch: ["/tmp"],
    writableRoot: UNSEEN,
  },
  user: { uid: 1001, gid: 1001 },
  port: PORT,
  expose: [{ subdomain: "opencut", port: PORT, access: "vpn" }],
  environment: ({ domain }) => ({
    NODE_ENV: "production",
    NEXT_PUBLIC_BETTER_AUTH_URL: `https://opencut.${domain}`,
    UPSTASH_REDIS_REST_URL: `http://${addressOf(redisHttp)}`,
  }),
  secrets: {
    database_url: {
      secret: DATABASE_PASSWORD,
      exported: "DATABASE_URL",
      render: (password) =>
        `postgresql://${OPENCUT_DATABASE.user}:${encodeURIComponent(password)}@${addressOf(postgresql)}/${OPENCUT_DATABASE.name}`,
    },
    auth_secret: {
      secret: {
        name: "opencutAuthSecret",
        description: "Key that OpenCut signs its sessions with; another one logs everybody out",
        origin: "random",
        length: 32,
      },
      exported: "BETTER_AUTH_SECRET",
    },
    redis_token: { secret: REDIS_TOKEN, exported: "UPSTASH_REDIS_REST_TOKEN" },
  },
  limits: { memoryMiB: 1024, cpus: 2 },
  health: { test: ["wget", "-q", "-O", "/dev/null", `http://127.0.0.1:${PORT}/api/health`], interval: 10 },
  needs: [postgresql.name, redisHttp.name],
});
