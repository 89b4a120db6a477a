import { defineService } from "./model";
import { diunConfig } from "./rendering/diun-config";

const CONFIG = "/etc/diun/diun.yml";
const DATA = "/data";

export default defineService({
  name: "diun",
  group: "monitoring",
  image: "docker.io/crazymax/diun:4.31.0",
  user: { uid: 0, gid: 0 },
  networks: ["egress"],
  command: ["serve", "--config", CONFIG],
  // Its interface for its own command line: nobody else on the network is to use it.
  environment: () => ({ GRPC_AUTHORITY: "127.0.0.1:42286", TZ: "Europe/Paris" }),
  files: () => [{ path: CONFIG, content: diunConfig(DATA) }],
  data: [{ path: DATA }],
  hostMounts: [{ source: "/var/run/docker.sock", target: "/var/run/docker.sock" }],
  limits: { memoryMiB: 48, cpus: 0.1 },
  health: { test: ["diun", "image", "list", "--raw"] },
  backup: { kind: "none", reason: "it learns the registries' images anew" },
});
