import { caddy } from "../../../programs/caddy";
import { INGEST_LOGIN } from "./victoriametrics/ingest";

export default caddy({
  group: "core",
  // On `monitoring` it finds the stores that other hosts' collectors write to.
  networks: ["frontend", "backend", "monitoring"],
  logins: [INGEST_LOGIN],
});
