import { remoteAlloy } from "./alloy/remote";

/** The workstation's collector: host, units and containers (docs/requirements.md#workstation). */
export default remoteAlloy({
  name: "workstation-monitoring",
  group: "studio",
  networks: ["workstation_creative"],
  units: true,
});
