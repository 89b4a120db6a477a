import { defineService } from "../../../model/service";
import { caddy } from "../../../programs/caddy";
import { pruneImages } from "../../../programs/upkeep";
import { INGEST_LOGIN } from "./victoriametrics/ingest";

export default defineService({
  ...caddy({
    group: "core",
    // On `monitoring` it finds the stores that other hosts' collectors write to.
    networks: ["frontend", "backend", "monitoring"],
    logins: [INGEST_LOGIN],
  }),
  jobs: [pruneImages("image-pruning")],
});
