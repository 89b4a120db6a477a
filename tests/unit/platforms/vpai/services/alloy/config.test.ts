import alloy from "../../../../../../platforms/vpai/services/alloy";
import workstation from "../../../../../../platforms/vpai/services/workstation-monitoring";
import { contextWith } from "../../../../../context";
import { serviceWith } from "../../../../../service";
import type { ServiceContext } from "../../../../../../model/context";
import { isUnitService, type Service, unitOf } from "../../../../../../model/service";

const configOf = (services: readonly Service[]): string =>
  alloy.files?.(contextWith({ runs: services }))[0]?.content as string;

const config = configOf(contextWith().services);

/** `prometheus.scrape.services` for every component of the file. */
const components = (text: string): string[] =>
  [...text.matchAll(/^([a-z._]+) "(\w+)" \{$/gm)].map(([, type = "", label = ""]) => `${type}.${label}`);

/** The images that the lab builds for itself know these alone. */
const ALLOWED = new Set([
  ...["prometheus.scrape", "prometheus.exporter.unix", "prometheus.exporter.postgres", "prometheus.exporter.redis"],
  ...["prometheus.relabel", "prometheus.remote_write", "discovery.docker", "discovery.relabel"],
  ...["loki.source.docker", "loki.source.journal", "loki.relabel", "loki.write"],
]);

/** What the workstation's collector is told, where the hosts have the addresses of docs/requirements.md#vpn. */
const contextOnWorkstation = (tls: "internal" | "acme-ovh" = "acme-ovh"): ServiceContext => {
  const context = contextWith({ host: "workstation", tls });
  const addresses: Record<string, string> = {
    "sese-ai": "100.64.0.14",
    workstation: "100.64.0.1",
    "seko-vpn": "100.64.0.9",
  };
  return { ...context, hosts: context.hosts.map((view) => ({ ...view, vpnAddress: addresses[view.name] })) };
};

const remote = (tls?: "internal"): string => workstation.files?.(contextOnWorkstation(tls))[0]?.content as string;

test.each([
  ["Sese-AI", config],
  ["the workstation", remote()],
])("on %s only components that are in every build of Alloy are used, each under one name", (_host, text) => {
  const found = components(text);
  expect(found.map((name) => name.replace(/\.\w+$/, "")).filter((type) => !ALLOWED.has(type))).toEqual([]);
  expect(new Set(found).size).toBe(found.length);
});

test.each([
  ["Sese-AI", config],
  ["the workstation", remote()],
])("on %s every export that is referred to belongs to a component of the file", (_host, text) => {
  const there = new Set(components(text));
  const bare = text.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  const references = [...bare.matchAll(/\b([a-z_]+(?:\.\w+)+)\.(receiver|targets|output|rules)\b/g)].map(
    ([, name]) => name ?? "",
  );
  expect(references.length).toBeGreaterThan(6);
  expect(references.filter((name) => !there.has(name))).toEqual([]);
});

test("samples go to VictoriaMetrics and lines to Loki, both with the host's name", () => {
  expect(config).toContain('url = "http://victoriametrics:8428/api/v1/write"');
  expect(config).toContain('url = "http://loki:3100/loki/api/v1/push"');
  expect(config.match(/"host" = "sese-ai"/g)).toHaveLength(2);
});

test("the password of PostgreSQL is no part of the file", () => {
  expect(config).toContain('sys.env("POSTGRESQL_DSN")');
  expect(config).not.toMatch(/postgresql:\/\//);
});

test("a password is part of the connection string whatever it contains", () => {
  const render = alloy.secrets?.["postgresql_dsn"]?.render;
  const password = `p@ss/w:rd?#%'" é`;
  const url = new URL(render?.(password, contextWith()) ?? "");
  expect(decodeURIComponent(url.password)).toBe(password);
  expect([url.username, url.host, url.pathname, url.search]).toEqual([
    ...["alloy", "postgresql:5432", "/alloy", "?sslmode=disable"],
  ]);
});

test("a service that is added with metrics is scraped; without PostgreSQL and Redis there are no exporters for them", () => {
  const added = serviceWith({ name: "more-of-it", metrics: { port: 9, path: "/m" } });
  const text = configOf([added]);
  expect(text).toMatch(/"__address__" = "more-of-it:9",\n\s*"__metrics_path__" = "\/m",\n\s*"service" = "more-of-it",/);
  expect(text).not.toMatch(/prometheus\.exporter\.(postgres|redis)/);
});

describe("the workstation's collector", () => {
  const login = `\t\tbasic_auth {
\t\t\tusername = "collector"
\t\t\tpassword_file = "/run/secrets/ingest_password"
\t\t}
`;

  test.each([
    ["samples", "https://ingest.ewutelo.cloud/api/v1/write"],
    ["lines", "https://ingest.ewutelo.cloud/loki/api/v1/push"],
  ])("writes %s through the door on Sese-AI, with the password of its file", (_what, url) => {
    expect(remote()).toContain(`\tendpoint {\n\t\turl = "${url}"\n${login}\t}\n`);
  });

  test("finds the door in the VPN by its name, and checks its certificate unless it is Caddy's own", () => {
    expect(workstation.extraHosts?.(contextOnWorkstation())).toEqual({ "ingest.ewutelo.cloud": "100.64.0.14" });
    expect(workstation.secrets).toMatchObject({ ingest_password: { secret: { name: "monitoringWriteKey" } } });
    expect(remote()).not.toContain("insecure");
    expect(remote("internal").match(/tls_config \{\n\t+insecure_skip_verify = true\n/g)).toHaveLength(2);
  });

  test("tells of the host's units, and reads what they, their jobs and the host's own log", () => {
    const { services } = contextOnWorkstation();
    const units = services.filter(isUnitService).map((unit) => unitOf(unit).replace(/[.]service$/, ""));
    expect(units).toEqual(["caddy-workstation", "n8n-mcp", "opencode", "tailscaled"]);
    const jobs = services.flatMap(({ jobs: all = [] }) => all.map(({ name }) => name));
    expect(remote()).toContain(`unit_include = "(${units.join("|")})[.]service"`);
    expect(remote()).toContain(
      `regex = "(${[...units, ...jobs, "backup-workstation", "audit-workstation"].join("|")})[.]service"`,
    );
    expect(remote()).toContain('path = "/host/root/var/log/journal"');
    expect(remote().match(/"host" = "workstation"/g)).toHaveLength(3);
  });

  test("asks what its host has, and nobody of another one", () => {
    const asked = [...remote().matchAll(/"__address__" = "([^"]+)"/g)].map(([, address]) => address);
    expect(asked).toEqual(["workstation-containers:8080"]);
  });
});
