import { defineService } from "../../../model/service";
import { redisAcl } from "../../../programs/redis";
import { PART, VALKEY_PASSWORD } from "./opencut/parts";

const CONFIG = "/usr/local/etc/valkey/valkey.conf";

/** What it counts for OpenCut may be forgotten. */
const SETTINGS = `bind * -::*
protected-mode no
port 6379
dir /data
save ""
appendonly no
maxmemory 32mb
maxmemory-policy allkeys-lru
aclfile /run/secrets/users.acl
`;

/** OpenCut's cache. */
export default defineService({
  name: "opencut-valkey",
  group: "studio",
  run: {
    ...PART,
    image: "docker.io/valkey/valkey:8.1.1",
    command: ["valkey-server", CONFIG],
    scratch: ["/data"],
  },
  user: { uid: 999, gid: 999 },
  port: 6379,
  files: () => [{ path: CONFIG, content: SETTINGS }],
  secrets: { "users.acl": { secret: VALKEY_PASSWORD, render: (password) => redisAcl(password) } },
  limits: { memoryMiB: 64, cpus: 0.25 },
  health: {
    test: ["valkey-cli", "-e", "-u", "redis://health:none@127.0.0.1:6379", "--no-auth-warning", "ping"],
    interval: 10,
  },
});
