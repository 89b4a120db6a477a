import { contextWith } from "../../../../../context";
import { type Over, serviceWith } from "../../../../../service";
import type { ServiceContext } from "../../../../../../model/context";
import type { Service } from "../../../../../../model/service";
import { exporterTargets, scrapeTargets } from "../../../../../../programs/alloy/scrape-targets";

const ALLOY = {
  name: "alloy",
  networks: ["backend", "monitoring"],
  keys: { litellmMetricsKey: "/run/secrets/litellm_metrics_key" },
} as const;

const context = (runs: readonly Service[]): ServiceContext => contextWith({ runs });

const service = (over: Over): Service => serviceWith({ port: 1234, ...over });

test("Sese-AI: who tells metrics, and where", () => {
  const found = scrapeTargets(contextWith(), ALLOY).map(({ address, path }) => `${address}${path}`);
  expect(found).toEqual(
    expect.arrayContaining([
      "caddy:2020/metrics",
      "cadvisor:8080/metrics",
      "grafana:3000/metrics",
      "loki:3100/metrics",
      "n8n:5678/metrics",
      "victoriametrics:8428/metrics",
      "vmalert:8880/metrics",
    ]),
  );
  expect(exporterTargets(contextWith(), ALLOY)).toEqual([
    {
      service: "postgresql",
      address: "postgresql:5432",
      path: "/metrics",
      exporter: { component: "prometheus.exporter.postgres", attributes: expect.any(Function) as unknown },
    },
    {
      service: "redis",
      address: "redis:6379",
      path: "/metrics",
      exporter: { component: "prometheus.exporter.redis", attributes: expect.any(Function) as unknown },
    },
  ]);
});

test("a service without metrics is no target, nor is one that the store asks, as it does the collector", () => {
  const asked = service({ name: "alloy", metrics: { askedBy: "store" } });
  expect(scrapeTargets(context([service({}), asked]), ALLOY)).toEqual([]);
});

test("port and path of the metrics are taken before the service's own", () => {
  expect(scrapeTargets(context([service({ metrics: { port: 9, path: "/stats" } })]), ALLOY)).toEqual([
    { service: "one", address: "one:9", path: "/stats" },
  ]);
});

test("a service that the collector reaches on no network is an error, not silence", () => {
  const apart = service({ metrics: {}, run: { networks: ["egress", "sandbox"] } });
  expect(() => scrapeTargets(context([apart]), ALLOY)).toThrow(
    /^metrics of one: expected one of alloy's networks \(backend, monitoring\), found egress, sandbox; put it/,
  );
});

test("a service whose metrics have no port is an error", () => {
  const { port, ...portless } = service({ metrics: {} });
  expect(port).toBe(1234);
  expect(() => scrapeTargets(context([portless]), ALLOY)).toThrow(/^one: expected a port/);
});

test("a service whose metrics want a key is asked with the collector's file of it", () => {
  const locked = service({ metrics: { key: "litellmMetricsKey" } });
  expect(scrapeTargets(context([locked]), ALLOY)).toEqual([
    { service: "one", address: "one:1234", path: "/metrics", keyFile: "/run/secrets/litellm_metrics_key" },
  ]);
});

test("a service whose metrics want a key that the collector lacks is an error", () => {
  const locked = service({ metrics: { key: "otherKey" } });
  expect(() => scrapeTargets(context([locked]), ALLOY)).toThrow(
    /^metrics of one: expected alloy to have the key otherKey among its secrets, found it has none of that name; give/,
  );
});
