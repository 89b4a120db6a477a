import { tailscale } from "../../../programs/tailscale";
import headscale from "./headscale";
import { HOST_NODES } from "./headscale/devices";

/** The hub is a node, too: it asks the other hosts and is asked. Its name in the VPN has no source (docs/decisions/vpn-nodes.md). */
export default tailscale({ name: "hub-node", group: "vpn", node: HOST_NODES["seko-vpn"], server: headscale });
