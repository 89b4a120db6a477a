import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { projectRoot } from "../../../../../../toolchain/environment";
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
      annotations: Record<"summary" | "host" | "service" | "value" | "runbook", string>;
    }[];
  }[];
}

const rules = (names: readonly string[]): Rules["groups"][number]["rules"] => {
  const { hosts: all, ...context } = contextWith({ settings: { runbook: "https://example.org/runbook.md" } });
  const hosts = all.map((view) => ({ ...view, services: view.services.filter(({ name }) => names.includes(name)) }));
  return (parse(alertRules({ ...context, hosts })) as Rules).groups.flatMap((group) => group.rules);
};

const imageOf = (name: string): string => {
  const run = allServices.find((service) => service.name === name)?.run;
  return run !== undefined && "image" in run ? run.image : name;
};

test.each([
  [
    "alloy",
    [
      "HostDown",
      "DiskFull",
      "MemoryFull",
      "OutOfMemory",
      "TargetDown",
      "BackupOverdue",
      "BackupFailed",
      "JobOverdue",
      "JobFailed",
      "DrillOverdue",
      "DrillFailed",
      "CertificateExpiring",
      "AuditFindings",
      "Drift",
    ],
  ],
  ["alertmanager", ["Watchdog", "NotificationsFailing"]],
  ["cadvisor", ["ContainerRestarting", "ContainerUnhealthy", "ContainerMemoryFull"]],
  ["postgresql", ["PostgreSQLDown"]],
  ["redis", ["RedisDown", "RedisFull"]],
  ["litellm", ["LLMSpendHigh", "LLMBudgetSpent", "LLMEcoMode", "BytePlusBudgetSpent"]],
])("what %s sees is watched where it runs, and only there", (service, expected) => {
  expect(rules([service]).map(({ alert }) => alert)).toEqual(expected);
  // A program that runs on several hosts tells of all of them.
  const program = imageOf(service);
  const others = allServices.filter(({ name }) => imageOf(name) !== program).map(({ name }) => name);
  const elsewhere = rules(others).map(({ alert }) => alert);
  expect(elsewhere.length).toBeGreaterThan(0);
  expect(elsewhere.filter((alert) => expected.includes(alert))).toEqual([]);
});

test("where nothing runs, nothing is watched", () => expect(rules([])).toEqual([]));

test.each([
  ["DiskFull", /> 0\.85$/],
  ["HostDown", /^label_set\(absent\(up\{job="host",host="sese-ai"\} == 1\), "host", "sese-ai"\)$/],
  ["TargetDown", /^up == 0$/],
  ["RedisFull", /^redis_memory_used_bytes \/ \(redis_memory_max_bytes > 0\) > 0\.9$/],
])("%s has its threshold", (name, expected) => {
  expect(rules(["alloy", "redis"]).find(({ alert }) => alert === name)?.expr).toMatch(expected);
});

const all = rules(allServices.map(({ name }) => name));

test("each says how bad it is and what is wrong", () => {
  expect(all.length).toBeGreaterThan(15);
  for (const { alert, labels, annotations } of all) {
    expect(alert === "Watchdog" ? ["info"] : ["critical", "warning"]).toContain(labels.severity);
    expect(annotations.summary).toMatch(/\w \w|\}\} \w/);
  }
});

test("each says of which host and service it is, with which value, also where its series has no labels", () => {
  const of = (name: string): object | undefined => all.find(({ alert }) => alert === name)?.annotations;
  expect(of("RedisDown")).toMatchObject({
    host: '{{ or $labels.host "sese-ai" }}',
    service: '{{ or $labels.service "redis" }}',
    value: "{{ $value }}",
  });
  expect(of("DiskFull")).toMatchObject({
    service: '{{ or $labels.service "(host)" }}',
    value: "{{ $value | humanizePercentage }}",
  });
});

const RUNBOOK = readFileSync(path.join(projectRoot, "docs/runbook.md"), "utf8");

/** Addresses that GitHub gives the runbook's headings. */
const SECTIONS = [...RUNBOOK.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
  heading
    .toLowerCase()
    .replace(/[^\w -]/g, "")
    .replaceAll(" ", "-"),
);

test.each(all.map(({ alert, annotations }) => [alert, annotations.runbook]))(
  "%s leads to a section of the runbook",
  (_alert, link) => {
    const [page, section] = link.split("#");
    expect(page).toBe("https://example.org/runbook.md");
    expect(SECTIONS).toContain(section);
  },
);

test("what a program tells of all hosts is there once, what it tells of its own host once for each", () => {
  const runs = allServices.filter(({ name }) => ["alloy", "redis"].includes(name));
  const all = contextWith({ runs }).hosts.map((view) => ({ ...view, services: runs }));
  const hosts = all.map((view) => ({ ...view, unreachable: "fail" as const }));
  const names = alertsOf(hosts).map(({ name }) => name);
  expect(names.filter((name) => name === "RedisDown")).toHaveLength(1);
  expect(names.filter((name) => name === "DiskFull")).toHaveLength(1);
  expect(alertsOf(hosts).flatMap(({ name, expr }) => (name === "HostDown" ? [expr] : []))).toEqual(
    ["sese-ai", "seko-vpn", "workstation"].map(
      (host) => `label_set(absent(up{job="host",host="${host}"} == 1), "host", "${host}")`,
    ),
  );
});

test("that a host is not there calls nobody where it may be away, and what is wrong on it does", () => {
  const runs = allServices.filter(({ name }) => name === "workstation-monitoring");
  const named = (unreachable: "defer" | "fail"): string[] =>
    alertsOf(contextWith({ host: "workstation", runs }).hosts.map((view) => ({ ...view, unreachable })))
      .filter(({ expr }) => expr.includes("workstation") || expr.includes("systemd"))
      .map(({ name }) => name);
  expect(named("fail")).toEqual(["HostDown", "UnitDown", "UnitRestarting"]);
  expect(named("defer")).toEqual(["UnitDown", "UnitRestarting"]);
});
