import { defineService } from "../../../model/service";
import { caddy } from "../../../programs/caddy";
import { pruneImages } from "../../../programs/upkeep";
import { ZEROBYTE_LOGIN } from "./zerobyte/login";

/** The hub's own gateway. */
export default defineService({
  ...caddy({
    name: "gateway",
    group: "vpn",
    // On `storage` it is alone with Zerobyte.
    networks: ["frontend", "storage"],
    logins: [ZEROBYTE_LOGIN],
    answersDomain: false,
  }),
  jobs: [pruneImages("hub-image-pruning")],
});
