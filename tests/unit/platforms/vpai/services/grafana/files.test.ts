import { parse } from "yaml";
import grafana from "../../../../../../platforms/vpai/services/grafana";
import { contextWith } from "../../../../../context";

const files = new Map((grafana.files?.(contextWith()) ?? []).map(({ path, content }) => [path, content as string]));

const file = (path: string): string => files.get(path) ?? `no file ${path}`;

test("data sources answer under the uids that dashboards name", () => {
  expect(parse(file("/etc/grafana/provisioning/datasources/vpai.yaml"))).toMatchObject({
    apiVersion: 1,
    datasources: [
      { uid: "victoriametrics", type: "prometheus", url: "http://victoriametrics:8428", isDefault: true },
      { uid: "loki", type: "loki", url: "http://loki:3100", isDefault: false },
    ],
  });
});

test("dashboards lie where the provider looks", () => {
  const { providers } = parse(file("/etc/grafana/provisioning/dashboards/vpai.yaml")) as {
    providers: { type: string; options: { path: string } }[];
  };
  expect(providers).toMatchObject([{ type: "file", options: { path: "/etc/grafana/dashboards" } }]);
  const json = [...files.keys()].filter((path) => path.endsWith(".json"));
  expect(json).toHaveLength(7);
  for (const path of json) {
    expect(path).toMatch(/^\/etc\/grafana\/dashboards\/vpai-[a-z0-9]+\.json$/);
    expect(JSON.parse(file(path))).toMatchObject({ uid: /([^/]+)\.json$/.exec(path)?.[1] });
  }
});

test("the home page is one of them, and browsers are sent to the site's own name", () => {
  const ini = file("/etc/grafana/grafana.ini");
  const home = /^default_home_dashboard_path = (.+)$/m.exec(ini)?.[1] ?? "";
  expect(files.has(home)).toBe(true);
  expect(ini).toContain("\nroot_url = https://tala.ewutelo.cloud/\n");
});

test("Grafana calls nobody, and nobody signs up", () => {
  const ini = file("/etc/grafana/grafana.ini");
  for (const setting of [
    "reporting_enabled = false",
    "check_for_updates = false",
    "check_for_plugin_updates = false",
    "news_feed_enabled = false",
    "preinstall_disabled = true",
    "disable_gravatar = true",
    "allow_sign_up = false",
    "cookie_secure = true",
  ])
    expect(ini).toContain(`\n${setting}\n`);
  expect(ini).not.toMatch(/password/i);
});
