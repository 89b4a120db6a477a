import { certificatesJob } from "../../../programs/caddy/certificates";
import { remoteAlloy } from "./alloy/remote";
import gateway from "./gateway";

/** The hub's collector. Its memory is small: there is no cAdvisor beside it (docs/decisions/collectors.md). */
export default remoteAlloy({
  name: "hub-monitoring",
  group: "vpn",
  networks: ["frontend"],
  limits: { memoryMiB: 128, cpus: 0.25 },
  jobs: [certificatesJob({ gateway: gateway.name, folder: "caddy/certificates", answersDomain: false })],
});
