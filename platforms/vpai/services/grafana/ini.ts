/** What differs between installations of Grafana. */
export interface GrafanaSettings {
  port: number;
  /** Full name under which browsers reach it. */
  hostname: string;
  /** File of the dashboard that one sees first. */
  home: string | undefined;
}

type Setting = string | number | boolean;

/** Grafana's own configuration: it tells nobody of itself, fetches nothing, and has no accounts but those made by hand. */
export const grafanaIni = (grafana: GrafanaSettings): string =>
  Object.entries(settings(grafana))
    .map(([section, entries]) => `[${section}]\n${lines(entries)}`)
    .join("\n");

const lines = (entries: Readonly<Record<string, Setting>>): string =>
  Object.entries(entries)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join("");

const settings = ({ port, hostname, home }: GrafanaSettings): Record<string, Record<string, Setting>> => ({
  server: { http_port: port, domain: hostname, root_url: `https://${hostname}/` },
  analytics: { reporting_enabled: false, check_for_updates: false, check_for_plugin_updates: false },
  news: { news_feed_enabled: false },
  // Its users could publish a dashboard at raintank.io with a button.
  snapshots: { external_enabled: false },
  plugins: { preinstall_disabled: true },
  security: { cookie_secure: true, disable_gravatar: true },
  users: { allow_sign_up: false },
  ...(home === undefined ? {} : { dashboards: { default_home_dashboard_path: home } }),
  log: { mode: "console", level: "warn" },
});
