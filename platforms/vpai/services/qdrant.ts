import { qdrantCollection } from "../../../capabilities/qdrant-collection";
import { defineService } from "../../../model/service";
import { QDRANT_CONFIG } from "./qdrant/config";
import { UNSEEN } from "../../../programs/unseen";

const CONFIG = "/etc/qdrant/qdrant.yaml";

/** The key that every client of Qdrant sends. */
export const QDRANT_API_KEY = {
  name: "qdrantApiKey",
  description: "API key of Qdrant",
  ansible: "qdrant_api_key",
  origin: "random",
  length: 32,
} as const;

export default defineService({
  name: "qdrant",
  group: "apps",
  run: {
    image: "docker.io/qdrant/qdrant:v1.16.3",
    networks: ["backend"],
    entrypoint: ["./qdrant"],
    command: ["--config-path", CONFIG],
    scratch: ["/tmp"],
    writableRoot: UNSEEN,
  },
  user: { uid: 1000, gid: 1000 },
  port: 6333,
  expose: [{ subdomain: "qd", port: 6333, access: "vpn" }],
  // The image's own folder belongs to root; Qdrant notes there that it has started.
  environment: () => ({ QDRANT_INIT_FILE_PATH: "/tmp/.qdrant-initialized" }),
  files: () => [{ path: CONFIG, content: QDRANT_CONFIG }],
  secrets: { api_key: { secret: QDRANT_API_KEY, exported: "QDRANT__SERVICE__API_KEY" } },
  data: [{ path: "/qdrant/storage", backup: { kind: "none", reason: "each collection is snapshotted" } }],
  version: { test: ["./qdrant", "--version"], pattern: "(\\d+\\.\\d+\\.\\d+)" },
  limits: { memoryMiB: 256, cpus: 0.5 },
  // The image has no HTTP client, but bash.
  health: {
    test: [
      "bash",
      "-c",
      "exec 3<>/dev/tcp/127.0.0.1/6333; printf 'GET /readyz HTTP/1.0\\r\\n\\r\\n' >&3; grep -q '^HTTP/1.[01] 200' <&3",
    ],
    interval: 10,
  },
  offers: [qdrantCollection.offer({ apiKey: QDRANT_API_KEY })],
  stopTimeout: 30,
});
