import { tailscale } from "../../../programs/tailscale";
import headscale from "./headscale";

/** Its name in the VPN is the sources' (docs/requirements.md#vpn). */
export default tailscale({ name: "workstation-node", group: "studio", node: "workstation-pi", server: headscale });
