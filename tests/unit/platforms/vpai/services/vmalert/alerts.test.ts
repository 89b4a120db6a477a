import { parse } from "yaml";
import { allServices } from "../../../../../../platforms";
import { contextWith } from "../../../../../context";
import { alertRules } from "../../../../../../platforms/vpai/services/vmalert/alert-rules";
import { alertsOf } from "../../../../../../platforms/vpai/services/vmalert/alerts";

interface Rules {
  groups: {
    name: string;
    interval: string;
    rules: {
      alert: string;
      expr: string;
      for: string;
      labels: { severity: string };
      annotations: { summary: string };
    }[];
  }[];
}

const rules = (names: readonly string[]): Rules["groups"][number]["rules"] => {
  const context = contextWith({ runs: allServices.filter(({ name }) => names.includes(name)) });
  return (parse(alertRules(context)) as Rules).groups.flatMap((group) => group.rules);
};

test.each([
  ["alloy", ["HostDown", "DiskFull", "MemoryFull", "OutOfMemory", "TargetDown"]],
  ["cadvisor", ["ContainerRestarting", "ContainerUnhealthy", "ContainerMemoryFull"]],
  ["postgresql", ["PostgreSQLDown"]],
  ["redis", ["RedisDown"]],
  ["litellm", ["LLMSpendHigh", "LLMBudgetSpent"]],
])("what %s sees is watched where it runs, and only there", (service, expected) => {
  expect(rules([service]).map(({ alert }) => alert)).toEqual(expected);
  const others = allServices.map(({ name }) => name).filter((name) => name !== service);
  const elsewhere = rules(others).map(({ alert }) => alert);
  expect(elsewhere.length).toBeGreaterThan(0);
  expect(elsewhere.filter((alert) => expected.includes(alert))).toEqual([]);
});

test("where nothing runs, nothing is watched", () => expect(rules([])).toEqual([]));

test.each([
  ["DiskFull", /> 0\.85$/],
  ["HostDown", /^absent\(up\{job="host",host="sese-ai"\} == 1\)$/],
  ["TargetDown", /^up == 0$/],
])("%s has its threshold", (name, expected) => {
  expect(rules(["alloy"]).find(({ alert }) => alert === name)?.expr).toMatch(expected);
});

test("each says how bad it is and what is wrong", () => {
  const all = rules(["alloy", "cadvisor", "postgresql", "redis", "litellm"]);
  expect(all.length).toBeGreaterThan(10);
  for (const { labels, annotations } of all) {
    expect(["critical", "warning"]).toContain(labels.severity);
    expect(annotations.summary).toMatch(/\w \w|\}\} \w/);
  }
});

test("what a program tells of all hosts is there once, what it tells of its own host once for each", () => {
  const runs = allServices.filter(({ name }) => ["alloy", "redis"].includes(name));
  const hosts = contextWith({ runs }).hosts.map((view) => ({ ...view, services: runs }));
  const names = alertsOf(hosts).map(({ name }) => name);
  expect(names.filter((name) => name === "RedisDown")).toHaveLength(1);
  expect(names.filter((name) => name === "DiskFull")).toHaveLength(1);
  expect(alertsOf(hosts).flatMap(({ name, expr }) => (name === "HostDown" ? [expr] : []))).toEqual(
    ["sese-ai", "seko-vpn", "workstation"].map((host) => `absent(up{job="host",host="${host}"} == 1)`),
  );
});
