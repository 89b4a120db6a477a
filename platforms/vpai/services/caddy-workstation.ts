import { defineService } from "../../../model/service";
import { caddyUnit } from "../../../programs/caddy";
import { pruneImages } from "../../../programs/upkeep";

/** The gateway of the workstation, on the host itself. No source limits it: as much as Sese-AI's (docs/decisions/workstation.md). */
export default defineService({
  ...caddyUnit({ name: "caddy-workstation", group: "studio", limits: { memoryMiB: 128, cpus: 1 } }),
  jobs: [pruneImages("workstation-image-pruning")],
});
