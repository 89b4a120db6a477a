import { caddyUnit } from "../../../programs/caddy";

/** The gateway of the workstation, on the host itself. No source limits it: as much as Sese-AI's (docs/decisions/workstation.md). */
export default caddyUnit({ name: "caddy-workstation", group: "studio", limits: { memoryMiB: 128, cpus: 1 } });
