import { addressOf, defineService } from "../../../model/service";
import alertmanager from "./alertmanager";
import { diunConfig, diunImages } from "./diun/config";

const CONFIG = "/etc/diun/diun.yml";
const IMAGES = "/etc/diun/images.yml";
const DATA = "/data";

export default defineService({
  name: "diun",
  group: "monitoring",
  run: {
    image: "docker.io/crazymax/diun:4.31.0",
    networks: ["egress"],
    command: ["serve", "--config", CONFIG],
  },
  user: { uid: 0, gid: 0 },
  // Its interface for its own command line: nobody else on the network is to use it.
  environment: () => ({ GRPC_AUTHORITY: "127.0.0.1:42286", TZ: "Europe/Paris" }),
  files: ({ host, hosts, settings }) => [
    {
      path: CONFIG,
      content: diunConfig(
        { data: DATA, images: IMAGES },
        {
          alertmanager: addressOf(alertmanager),
          host,
          runbook: `${String(settings["runbook"])}#a-newer-image-is-there`,
        },
      ),
    },
    { path: IMAGES, content: diunImages(hosts.flatMap(({ services }) => services)) },
  ],
  data: [{ path: DATA, backup: { kind: "none", reason: "it learns the registries' images anew" } }],
  version: { test: ["diun", "--version"], pattern: "(\\d+\\.\\d+\\.\\d+)" },
  limits: { memoryMiB: 48, cpus: 0.1 },
  health: { test: ["diun", "image", "list", "--raw"] },
});
