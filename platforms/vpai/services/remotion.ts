import { defineService } from "../../../model/service";
import { REMOTION_TOKEN } from "./n8n/credentials";
import { UNSEEN } from "../../../programs/unseen";

const PORT = 3200;

/** Makes videos: the owner's own API over Remotion. Without its token everybody in the VPN could render: it is no option here. */
export default defineService({
  name: "remotion",
  group: "studio",
  run: {
    image: "ghcr.io/mobutoo/remotion:4.0.259",
    publisher: "its owner",
    networks: ["workstation_creative"],
    writableRoot: UNSEEN,
    publish: [{ port: PORT, hostPort: PORT, protocol: "tcp", access: "host" }],
    scratch: ["/tmp"],
  },
  user: { uid: 1000, gid: 1000 },
  port: PORT,
  expose: [{ subdomain: "cut", port: PORT, access: "vpn", answers: { at: "/healthz" } }],
  environment: () => ({ PORT: String(PORT) }),
  secrets: { api_token: { secret: REMOTION_TOKEN, variable: "REMOTION_API_TOKEN_FILE" } },
  data: [
    { path: "/output", directory: "remotion/output", backup: { kind: "files" } },
    { path: "/assets", directory: "creative-assets", backup: { kind: "files" } },
  ],
  limits: { memoryMiB: 512, cpus: 2 },
  health: { test: ["wget", "-q", "-O", "/dev/null", `http://127.0.0.1:${PORT}/healthz`], interval: 10 },
});
