import { defineService } from "../../../model/service";
import { PORT, relayCaddyfile, relayedNames } from "./webhook-relay/caddyfile";

const FOLDER = "/etc/caddy";
const CADDYFILE = `${FOLDER}/Caddyfile`;

export default defineService({
  name: "webhook-relay",
  group: "vpn",
  run: {
    image: "ghcr.io/mobutoo/vpai-caddy:2.10.2",
    networks: ["frontend"],
    command: ["caddy", "run", "--config", CADDYFILE, "--adapter", "caddyfile"],
    scratch: ["/config", "/data"],
    // The program is marked with it and does not start without, whatever port it listens on.
    capabilities: ["NET_BIND_SERVICE"],
  },
  user: { uid: 65534, gid: 65534 },
  port: PORT,
  expose: [{ subdomain: "relay", port: PORT, access: "public", answers: { at: "/health", contains: "OK" } }],
  reaches: relayedNames,
  files: (context) => [
    {
      path: CADDYFILE,
      content: relayCaddyfile(context),
      validate: ["caddy", "validate", "--config", CADDYFILE, "--adapter", "caddyfile"],
    },
  ],
  // Bodies of held requests lie in memory.
  limits: { memoryMiB: 96, cpus: 0.5 },
  health: { test: ["wget", "-q", "-O", "/dev/null", `http://127.0.0.1:${PORT}/health`], interval: 10 },
  onChange: { reload: ["caddy", "reload", "--force", "--config", CADDYFILE, "--adapter", "caddyfile"] },
  version: { test: ["caddy", "version"], pattern: "^v?(\\d+\\.\\d+\\.\\d+)" },
  // What waits is answered before it stops, or is told to come again.
  stopTimeout: 30,
});
