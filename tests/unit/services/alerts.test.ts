import { parse } from "yaml";
import { allServices } from "../../../platforms";
import type { ServiceContext } from "../../../model/service";
import { alertRules } from "../../../platforms/vpai/services/vmalert/alert-rules";

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

const context = (names: readonly string[]): ServiceContext => ({
  host: "sese-ai",
  domain: "ewutelo.cloud",
  tls: "acme-ovh",
  vpnEnforce: true,
  services: allServices.filter(({ name }) => names.includes(name)),
});

const rules = (names: readonly string[]): Rules["groups"][number]["rules"] =>
  (parse(alertRules(context(names))) as Rules).groups.flatMap((group) => group.rules);

const ALWAYS = [
  ...["HostDown", "DiskFull", "MemoryFull", "OutOfMemory", "ContainerRestarting", "ContainerUnhealthy"],
  ...["ContainerMemoryFull", "TargetDown", "BackupTooOld", "BackupMissing"],
];

test("the host, its containers and its backups are always watched", () => {
  expect(rules([]).map(({ alert }) => alert)).toEqual(ALWAYS);
});

test("a service is watched where it runs", () => {
  expect(rules(["postgresql"]).map(({ alert }) => alert)).toEqual([...ALWAYS, "PostgreSQLDown"]);
  expect(rules(["redis"]).map(({ alert }) => alert)).toEqual([...ALWAYS, "RedisDown"]);
});

test.each([
  ["DiskFull", /> 0\.85$/],
  ["HostDown", /^absent\(up\{job="host",host="sese-ai"\} == 1\)$/],
  ["BackupTooOld", /> 26 \* 3600$/],
  ["TargetDown", /^up == 0$/],
])("%s has its threshold", (name, expected) => {
  expect(rules([]).find(({ alert }) => alert === name)?.expr).toMatch(expected);
});

test("each says how bad it is and what is wrong", () => {
  for (const { labels, annotations } of rules(["postgresql", "redis", "litellm"])) {
    expect(["critical", "warning"]).toContain(labels.severity);
    expect(annotations.summary).toMatch(/\w \w|\}\} \w/);
  }
});
