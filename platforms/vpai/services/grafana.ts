import loki from "./loki";
import { addressOf, defineService } from "../../../model/service";
import type { Dashboard } from "../../../model/monitoring";
import { hostnameOf } from "../../../model/site";
import { dashboardJson } from "./grafana/dashboard-json";
import { dashboardsOf } from "./grafana/dashboards";
import { grafanaIni } from "./grafana/ini";
import { grafanaDashboardProvider, grafanaDatasources } from "./grafana/provisioning";
import victoriametrics from "./victoriametrics";
import { UNSEEN } from "../../../programs/unseen";

const SITE = {
  subdomain: "tala",
  port: 3000,
  access: "vpn",
  answers: { status: 302, to: "/login" },
} as const;
const FOLDER = "/etc/grafana";
const DASHBOARDS = `${FOLDER}/dashboards`;
const DATA = "/var/lib/grafana";

/** Of the account `admin`, which Grafana's first start makes before it answers anybody. */
const OWNER = {
  name: "grafanaAdminPassword",
  description: "Password of Grafana's admin; in force on the first start only",
  ansible: "grafana_admin_password",
  fixed: {
    because: "Grafana takes it on its first start only, and later changes it itself, in its user's profile",
    lost: "the truth of the stack's file: it would name a password that Grafana refuses",
  },
  origin: "random",
  length: 32,
} as const;

const fileOf = ({ uid }: Dashboard): string => `${DASHBOARDS}/${uid}.json`;

/** File of the dashboard that one sees first, where there is one. */
const homeOf = (dashboards: readonly Dashboard[]): string | undefined =>
  dashboards.filter(({ home }) => home === true).map(fileOf)[0];

export default defineService({
  name: "grafana",
  group: "monitoring",
  run: {
    image: "docker.io/grafana/grafana:12.3.2",
    networks: ["frontend", "backend", "monitoring"],
    writableRoot: UNSEEN,
  },
  user: { uid: 472, gid: 0 },
  port: SITE.port,
  expose: [SITE],
  files: ({ domain, hosts }) => [
    {
      path: `${FOLDER}/grafana.ini`,
      content: grafanaIni({ port: SITE.port, hostname: hostnameOf(SITE, domain), home: homeOf(dashboardsOf(hosts)) }),
    },
    {
      path: `${FOLDER}/provisioning/datasources/vpai.yaml`,
      content: grafanaDatasources({
        victoriametrics: `http://${addressOf(victoriametrics)}`,
        loki: `http://${addressOf(loki)}`,
      }),
    },
    { path: `${FOLDER}/provisioning/dashboards/vpai.yaml`, content: grafanaDashboardProvider(DASHBOARDS) },
    ...dashboardsOf(hosts).map((dashboard) => ({
      path: fileOf(dashboard),
      content: dashboardJson(dashboard),
    })),
  ],
  secrets: {
    admin_password: {
      secret: OWNER,
      variable: "GF_SECURITY_ADMIN_PASSWORD__FILE",
    },
  },
  // Without a password of ours, everybody knows the first one.
  firstUser: { owner: OWNER },
  data: [{ path: DATA, backup: { kind: "files" } }],
  version: { test: ["grafana", "--version"], pattern: "version (\\d+\\.\\d+\\.\\d+)" },
  limits: { memoryMiB: 160, cpus: 0.5 },
  metrics: {},
  health: { test: ["wget", "-q", "-O", "/dev/null", `http://127.0.0.1:${SITE.port}/api/health`], interval: 10 },
  needs: ["victoriametrics", "loki"],
  stopTimeout: 30,
});
