import { addressOf, defineService } from "../../../model/service";
import valkey from "./opencut-valkey";
import { PART, REDIS_TOKEN, VALKEY_PASSWORD } from "./opencut/parts";
import { UNSEEN } from "../../../programs/unseen";

const PORT = 8079;

/** OpenCut's cache over HTTP, in the form that Upstash's clients speak. */
export default defineService({
  name: "opencut-redis-http",
  group: "studio",
  run: {
    ...PART,
    image: "docker.io/hiett/serverless-redis-http:0.0.10",
    entrypoint: ["/app/_build/prod/rel/prod/bin/prod", "start"],
    scratch: ["/tmp"],
    writableRoot: UNSEEN,
  },
  user: { uid: 0, gid: 0 },
  port: PORT,
  environment: () => ({
    SRH_MODE: "env",
    SRH_PORT: String(PORT),
    SRH_MAX_CONNECTIONS: "3",
    RELEASE_DISTRIBUTION: "none",
    RELEASE_TMP: "/tmp",
  }),
  secrets: {
    token: { secret: REDIS_TOKEN, exported: "SRH_TOKEN" },
    connection: {
      secret: VALKEY_PASSWORD,
      exported: "SRH_CONNECTION_STRING",
      render: (password) => `redis://:${encodeURIComponent(password)}@${addressOf(valkey)}`,
    },
  },
  limits: { memoryMiB: 160, cpus: 0.25 },
  health: { test: ["wget", "-q", "-O", "/dev/null", `http://127.0.0.1:${PORT}/`], interval: 10 },
  needs: [valkey.name],
});
