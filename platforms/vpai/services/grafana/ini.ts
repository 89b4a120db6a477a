/** What differs between installations of Grafana. */
export interface GrafanaSettings {
  port: number;
  /** Full name under which browsers reach it. */
  hostname: string;
}

type Setting = string | number | boolean;

/** Grafana's own configuration: it tells nobody of itself, fetches nothing, and has no accounts but those made by hand. */
export const grafanaIni = ({ port, hostname }: GrafanaSettings): string =>
  Object.entries(settings(port, hostname))
    .map(([section, entries]) => `[${section}]\n${lines(entries)}`)
    .join("\n");

const lines = (entries: Readonly<Record<string, Setting>>): string =>
  Object.entries(entries)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join("");

const settings = (port: number, hostname: string): Record<string, Record<string, Setting>> => ({
  server: { http_port: port, domain: hostname, root_url: `https://${hostname}/` },
  analytics: { reporting_enabled: false, check_for_updates: false, check_for_plugin_updates: false },
  news: { news_feed_enabled: false },
  plugins: { preinstall_disabled: true },
  security: { cookie_secure: true, disable_gravatar: true },
  users: { allow_sign_up: false },
  dashboards: { default_home_dashboard_path: "/etc/grafana/dashboards/vpai-hosts.json" },
  log: { mode: "console", level: "warn" },
});
