import { caddy } from "../../../programs/caddy";
import { ZEROBYTE_LOGIN } from "./zerobyte/login";

/** The hub's own gateway. */
export default caddy({
  name: "gateway",
  group: "vpn",
  // On `backups` it is alone with Zerobyte.
  networks: ["frontend", "backups"],
  logins: [ZEROBYTE_LOGIN],
  answersDomain: false,
});
