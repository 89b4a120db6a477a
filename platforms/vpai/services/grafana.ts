import loki from "./loki";
import { addressOf, defineService, hostnameOf } from "../../../model/service";
import { dashboards } from "./grafana/dashboards";
import { dashboardJson } from "./grafana/dashboards/dashboard";
import { grafanaIni } from "./grafana/ini";
import { grafanaDashboardProvider, grafanaDatasources } from "./grafana/provisioning";
import victoriametrics from "./victoriametrics";

const SITE = { subdomain: "tala", port: 3000, access: "vpn" } as const;
const FOLDER = "/etc/grafana";
const DASHBOARDS = `${FOLDER}/dashboards`;
const DATA = "/var/lib/grafana";

export default defineService({
  name: "grafana",
  group: "monitoring",
  image: "docker.io/grafana/grafana:12.3.2",
  user: { uid: 472, gid: 0 },
  networks: ["frontend", "backend", "monitoring"],
  port: SITE.port,
  expose: [SITE],
  files: ({ domain }) => [
    { path: `${FOLDER}/grafana.ini`, content: grafanaIni({ port: SITE.port, hostname: hostnameOf(SITE, domain) }) },
    {
      path: `${FOLDER}/provisioning/datasources/vpai.yaml`,
      content: grafanaDatasources({
        victoriametrics: `http://${addressOf(victoriametrics)}`,
        loki: `http://${addressOf(loki)}`,
      }),
    },
    { path: `${FOLDER}/provisioning/dashboards/vpai.yaml`, content: grafanaDashboardProvider(DASHBOARDS) },
    ...dashboards.map((dashboard) => ({
      path: `${DASHBOARDS}/${dashboard.uid}.json`,
      content: dashboardJson(dashboard),
    })),
  ],
  secrets: {
    admin_password: {
      secret: {
        name: "grafanaAdminPassword",
        description: "Password of Grafana's admin; in force on the first start only",
        ansible: "grafana_admin_password",
        origin: "random",
        length: 32,
      },
      variable: "GF_SECURITY_ADMIN_PASSWORD__FILE",
    },
  },
  data: [{ path: DATA }],
  version: { test: ["grafana", "--version"], pattern: "version (\\d+\\.\\d+\\.\\d+)" },
  limits: { memoryMiB: 192, cpus: 0.5 },
  metrics: {},
  health: { test: ["wget", "-q", "-O", "/dev/null", `http://127.0.0.1:${SITE.port}/api/health`], interval: 10 },
  needs: ["victoriametrics", "loki"],
  stopTimeout: 30,
  backup: { kind: "files", paths: [DATA] },
});
