import { remoteAlloy } from "./alloy/remote";

/**
 * The hub's collector. Its memory is small: there is no cAdvisor beside it, nor a job that looks at certificates
 * (docs/decisions/collectors.md).
 */
export default remoteAlloy({
  name: "hub-monitoring",
  group: "vpn",
  networks: ["frontend"],
  limits: { memoryMiB: 128, cpus: 0.25 },
});
