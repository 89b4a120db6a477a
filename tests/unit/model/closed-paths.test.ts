import { closedPaths } from "../../../model/closed-paths";

/** What no gateway passes on of a service. */

const EXPORTER = { component: "prometheus.exporter.redis", attributes: () => ({}) };

test.each([
  ["metrics that want no key", { metrics: {} }, ["/metrics*"]],
  ["metrics at a path of their own", { metrics: { path: "/stats" } }, ["/stats*"]],
  ["metrics on the site's port, which is said", { metrics: { port: 3000 } }, ["/metrics*"]],
  ["metrics on another port", { metrics: { port: 9090 } }, []],
  ["metrics that want a key", { metrics: { path: "/metrics/", key: "litellmMetricsKey" } }, []],
  ["metrics of an exporter, which asks otherwise", { metrics: { exporter: EXPORTER } }, []],
  ["no metrics", {}, []],
  [
    "requests that make a first user, beside metrics",
    { firstUser: { closed: ["/rest/owner/setup*"] }, metrics: {} },
    ["/rest/owner/setup*", "/metrics*"],
  ],
])("of a service with %s", (_what, service, closed) => {
  expect(closedPaths({ port: 3000, ...service }, 3000)).toEqual(closed);
});
