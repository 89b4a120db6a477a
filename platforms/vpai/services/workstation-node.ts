import { tailscale } from "../../../programs/tailscale";
import headscale from "./headscale";
import { HOST_NODES } from "./headscale/devices";

/** Its name in the VPN is the sources' (docs/requirements.md#vpn). */
export default tailscale({
  name: "workstation-node",
  group: "studio",
  node: HOST_NODES.workstation,
  server: headscale,
});
