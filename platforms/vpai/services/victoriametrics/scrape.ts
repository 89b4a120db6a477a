import { stringify } from "yaml";
import type { ServiceContext } from "../../../../model/context";
import type { ScrapeTarget } from "../../../../programs/alloy/scrape-targets";

/** What VictoriaMetrics scrapes itself: the collector, which would not notice its own absence. */
export const victoriametricsScrape = ({ host }: ServiceContext, targets: readonly ScrapeTarget[]): string =>
  stringify({
    global: { scrape_interval: "30s", external_labels: { host } },
    scrape_configs: targets.map(({ service, address, path }) => ({
      job_name: service,
      metrics_path: path,
      static_configs: [{ targets: [address], labels: { job: "collector", service } }],
    })),
  });
