import { caddy } from "../../../programs/caddy";

/** The hub's own gateway. */
export default caddy({
  name: "gateway",
  group: "vpn",
  networks: ["frontend", "backend"],
  answersDomain: false,
});
