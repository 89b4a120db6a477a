import { tailscale } from "../../../programs/tailscale";
import headscale from "./headscale";
import { HOST_NODES } from "./headscale/devices";

/** Its name in the VPN is the sources' (docs/requirements.md#vpn). */
export default tailscale({ name: "sese-node", group: "core", node: HOST_NODES["sese-ai"], server: headscale });
