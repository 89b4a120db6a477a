import type { Exposure, Login } from "../../../../model/site";

/** What the collectors of other hosts write with; one for metrics and logs (docs/decisions/ingest.md). */
export const INGEST_LOGIN: Login = {
  user: "collector",
  secret: {
    name: "monitoringWriteKey",
    description: "Password with which other hosts' collectors write metrics and logs",
    ansible: "monitoring_write_key",
    origin: "random",
    length: 32,
  },
};

/** Name of the door. */
export const INGEST_SITE = { subdomain: "ingest" } satisfies Pick<Exposure, "subdomain">;

/** Its path for samples, by Prometheus' remote write. */
export const METRICS_PATH = "/api/v1/write";

/** Its path for lines of logs, by Loki's push API. */
export const LOGS_PATH = "/loki/api/v1/push";

/** The one path of a store that other hosts' collectors write to. @param port of the store */
export const ingest = (port: number, path: string): Exposure => ({
  ...INGEST_SITE,
  answers: { status: 401 },
  port,
  access: "vpn",
  path,
  login: INGEST_LOGIN,
});
