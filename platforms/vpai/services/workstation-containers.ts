import { defineService } from "../../../model/service";
import { cadvisor } from "../../../programs/cadvisor";

/** Figures of the workstation's containers, for its collector. */
export default defineService({
  ...cadvisor({ name: "workstation-containers", group: "studio", networks: ["workstation_creative"] }),
  beside: ["workstation-monitoring", "victoriametrics"],
});
