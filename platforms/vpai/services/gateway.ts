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
  // Sese-AI's, with more sites, has been seen to use 27 MiB at most (docs/memory.md); its host has none to spare.
  limits: { memoryMiB: 112, cpus: 1 },
  jobs: [pruneImages("hub-image-pruning")],
});
