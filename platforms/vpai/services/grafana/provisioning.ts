import { stringify } from "yaml";
import type { Store } from "../../../../model/monitoring";

/** Grafana's data sources. @param urls where each store answers */
export const grafanaDatasources = (urls: Readonly<Record<Store, string>>): string =>
  stringify({
    apiVersion: 1,
    prune: true,
    datasources: [
      datasource("VictoriaMetrics", "prometheus", "victoriametrics", urls.victoriametrics, {
        httpMethod: "POST",
        timeInterval: "30s",
      }),
      datasource("Loki", "loki", "loki", urls.loki, { maxLines: 1000 }),
    ],
  });

const datasource = (name: string, type: string, uid: Store, url: string, jsonData: object): object => ({
  name,
  type,
  uid,
  url,
  access: "proxy",
  isDefault: uid === "victoriametrics",
  editable: false,
  jsonData,
});

/** Where Grafana finds dashboards. @param folder of the container */
export const grafanaDashboardProvider = (folder: string): string =>
  stringify({
    apiVersion: 1,
    providers: [
      {
        name: "vpai",
        folder: "VPAI",
        type: "file",
        disableDeletion: true,
        allowUiUpdates: false,
        updateIntervalSeconds: 60,
        options: { path: folder },
      },
    ],
  });
