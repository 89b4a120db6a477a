import { stringify } from "yaml";
import { hostViews } from "../../../platforms/contexts";
import { dashboardsOf } from "../../../platforms/vpai/services/grafana/dashboards";
import vpai from "../../../platforms/vpai/platform";
import { storeOf } from "../../../platforms/vpai/services/grafana/dashboard-json";
import { contextWith } from "../../context";
import vmalert from "../../../platforms/vpai/services/vmalert";
import { type Ended, ServiceContainer } from "./service-container";

jest.setTimeout(1_200_000);

const container = new ServiceContainer(vmalert, contextWith(), "vmalert");

afterAll(() => container.remove());

test("vmalert accepts the alerts", async () => {
  const { code, stderr } = await container.validate();
  expect([code, stderr]).toEqual([0, expect.stringContaining("found 1 files")]);
});

test("an alert with a mistake in its expression is refused", async () => {
  const { code, stderr } = await container.validate((content) => content.replace("up == 0", "up == ("));
  expect([code, stderr]).toEqual([255, expect.stringContaining("TargetDown")]);
});

const queries = dashboardsOf(hostViews(vpai)).flatMap(({ uid, panels }) =>
  panels
    .filter((panel) => storeOf(panel) === "victoriametrics")
    .flatMap((panel) => panel.queries.map(({ expr }) => ({ uid, expr }))),
);

/** vmalert's answer to queries as if they were rules: it reads them with the parser of VictoriaMetrics. */
const asRules = (given: typeof queries): Promise<Ended> => {
  const rules = given.map(({ uid, expr }, index) => ({ record: `${uid.replaceAll("-", "_")}:${index}`, expr }));
  return container.validate(() => stringify({ groups: [{ name: "dashboards", rules }] }));
};

test("every query of every dashboard is one that VictoriaMetrics reads", async () => {
  expect(queries.length).toBeGreaterThan(40);
  const { code, stderr } = await asRules(queries);
  expect([code, stderr]).toEqual([0, expect.stringContaining("found 1 files")]);
});

test("a query with a mistake is refused", async () => {
  const { code, stderr } = await asRules([...queries, { uid: "odd", expr: "rate(up[5m)" }]);
  expect([code, stderr]).toEqual([255, expect.stringContaining("rate(up[5m)")]);
});

test("it starts with its arguments and evaluates the alerts", async () => {
  await container.start({}, "/tmp");
  const groups = container.run(["wget", "-q", "-O", "-", "http://127.0.0.1:8880/api/v1/rules"]).stdout;
  const { data } = JSON.parse(groups) as { data: { groups: { name: string; rules: { name: string }[] }[] } };
  expect(data.groups.map(({ name }) => name)).toEqual(["sese-ai"]);
  expect(data.groups[0]?.rules.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["HostDown", "DiskFull", "TargetDown", "PostgreSQLDown", "LLMBudgetSpent", "RedisDown"]),
  );
});
