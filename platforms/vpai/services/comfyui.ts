import { z } from "zod";
import { defineService } from "../../../model/service";
import { PI_COLLECTOR, PI_COLLECTOR_LOGIN } from "./comfyui/collector";
import { vaultUser } from "./couchdb/users";
import { UNSEEN } from "../../../programs/unseen";

const PORT = 8188;
const DATA = "/data";

/** Draws pictures. It asks nobody who he is and runs what its custom nodes hold: VPN-only, and on a network of its own. */
export default defineService({
  name: "comfyui",
  group: "studio",
  run: {
    image: "ghcr.io/mobutoo/comfyui:0.3.27",
    publisher: "its owner",
    networks: ["workstation_creative"],
    writableRoot: UNSEEN,
    publish: [{ port: PORT, hostPort: PORT, protocol: "tcp", access: "host" }],
    command: [
      ...["--listen", "0.0.0.0", "--port", String(PORT), "--cpu"],
      ...["--base-directory", DATA, "--disable-auto-launch"],
    ],
  },
  user: { uid: 1000, gid: 1000 },
  port: PORT,
  expose: [{ subdomain: "studio", port: PORT, access: "vpn" }],
  data: [
    { path: DATA, backup: { kind: "none", reason: "models and custom nodes, gigabytes that can be had again" } },
    // Workflows and settings that people have made, and what they gave to draw from.
    { path: `${DATA}/user`, directory: "comfyui/user", backup: { kind: "files" } },
    { path: `${DATA}/input`, directory: "comfyui/input", backup: { kind: "files" } },
    // Made with the container, as the collector of notes looks there before anything is drawn.
    { path: `${DATA}/output`, directory: "comfyui/output", backup: { kind: "files" }, keptBy: "comfyuiOutputs" },
    { path: "/assets", directory: "creative-assets", backup: { kind: "files" } },
  ],
  settings: {
    comfyuiOutputs: z
      .enum(["keep", "none"], { error: "keep or none" })
      .default("keep")
      .describe("keep: backups have what ComfyUI has drawn. none: they go without."),
  },
  limits: { memoryMiB: 4096, cpus: 3 },
  health: { test: ["wget", "-q", "-O", "/dev/null", `http://127.0.0.1:${PORT}/system_stats`], startPeriod: 300 },
  uses: [vaultUser(PI_COLLECTOR_LOGIN)],
  jobs: [PI_COLLECTOR],
});
