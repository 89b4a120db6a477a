import { llmKey } from "../../../capabilities/litellm-key";
import { postgresqlDatabase } from "../../../capabilities/postgresql-database";
import { SECRETS_FOLDER } from "../../../model/files";
import { addressOf, defineService } from "../../../model/service";
import { alloy } from "../../../programs/alloy";
import { certificatesJob } from "../../../programs/caddy/certificates";
import { METRICS_VARIABLE } from "../../../programs/postgresql";
import caddy from "./caddy";
import { METRICS_KEY } from "./litellm";
import loki from "./loki";
import victoriametrics from "./victoriametrics";

const NAME = "alloy";
const LITELLM_KEY = "litellm_metrics_key";

/** A login that may read the server's figures and nothing else; its own database stays empty. */
const DATABASE = postgresqlDatabase.own(NAME, "Alloy's", {
  memberOf: ["pg_monitor"],
  seed: { kind: "none", reason: "it stays empty" },
});

/** The collector of the host that has the stores. */
export default defineService({
  ...alloy({
    name: NAME,
    group: "monitoring",
    networks: ["backend", "monitoring"],
    stores: () => ({
      metricsUrl: `http://${addressOf(victoriametrics)}/api/v1/write`,
      logsUrl: `http://${addressOf(loki)}/loki/api/v1/push`,
    }),
    jobs: [certificatesJob({ gateway: caddy.name, folder: "caddy/certificates", answersDomain: true })],
    keys: { [METRICS_KEY.name]: `${SECRETS_FOLDER}/${LITELLM_KEY}` },
  }),
  secrets: {
    [LITELLM_KEY]: { secret: METRICS_KEY, render: llmKey },
    postgresql_dsn: {
      secret: DATABASE.password,
      exported: METRICS_VARIABLE,
      render: postgresqlDatabase.url(DATABASE, "?sslmode=disable"),
    },
  },
  metrics: { askedBy: "store" },
  needs: ["victoriametrics", "loki"],
  uses: [postgresqlDatabase.request(DATABASE)],
});
