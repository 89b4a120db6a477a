import { certificatesJob } from "../../../programs/caddy/certificates";
import { remoteAlloy } from "./alloy/remote";
import gateway from "./caddy-workstation";

/** The workstation's collector: host, units and containers (docs/requirements.md#workstation). */
export default remoteAlloy({
  name: "workstation-monitoring",
  group: "studio",
  networks: ["workstation_creative"],
  units: true,
  jobs: [certificatesJob({ gateway: gateway.name, folder: "certificates", answersDomain: false })],
});
