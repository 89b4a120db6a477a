import alloy from "../../../../../../platforms/vpai/services/alloy";
import { contextWith } from "../../../../../context";
import { serviceWith } from "../../../../../service";
import type { Service } from "../../../../../../model/service";

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
  ...["loki.source.docker", "loki.write"],
]);

test("only components that are in every build of Alloy are used, each under one name", () => {
  const found = components(config);
  expect(found.map((name) => name.replace(/\.\w+$/, "")).filter((type) => !ALLOWED.has(type))).toEqual([]);
  expect(new Set(found).size).toBe(found.length);
});

test("every export that is referred to belongs to a component of the file", () => {
  const there = new Set(components(config));
  const bare = config.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  const references = [...bare.matchAll(/\b([a-z_]+(?:\.\w+)+)\.(receiver|targets|output)\b/g)].map(
    ([, name]) => name ?? "",
  );
  expect(references.length).toBeGreaterThan(8);
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
