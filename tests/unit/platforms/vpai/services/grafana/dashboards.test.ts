import type { LRParser } from "@lezer/lr";
import fc from "fast-check";
import { hostViews } from "../../../../../../platforms/contexts";
import { dashboardsOf } from "../../../../../../platforms/vpai/services/grafana/dashboards";
import vpai from "../../../../../../platforms/vpai/platform";
import type { Panel } from "../../../../../../model/monitoring";
import { dashboardJson } from "../../../../../../platforms/vpai/services/grafana/dashboard-json";

// eslint-disable-next-line @typescript-eslint/no-require-imports -- its types say that it is an ES module alone; it is not
const { parser } = require("@grafana/lezer-logql") as { parser: LRParser };

const dashboards = dashboardsOf(hostViews(vpai));

interface Drawn {
  id: number;
  type: string;
  gridPos: { x: number; y: number; w: number; h: number };
  datasource: { type: string; uid: string };
  targets: { refId: string; expr: string; datasource: object }[];
  fieldConfig: { defaults: { unit: string } };
}

const drawn = (panels: readonly Panel[]): Drawn[] =>
  (JSON.parse(dashboardJson({ uid: "u", title: "t", panels })) as { panels: Drawn[] }).panels;

const panel: fc.Arbitrary<Panel> = fc.record({
  title: fc.string(),
  kind: fc.constantFrom("timeseries" as const, "stat" as const, "table" as const, "logs" as const),
  queries: fc.array(fc.record({ expr: fc.string(), legend: fc.string() }), { minLength: 1, maxLength: 4 }),
});

/** The places of the grid that a panel covers, as `column,row`. */
const cellsOf = ({ x, y, w, h }: Drawn["gridPos"]): string[] =>
  Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`);

/** Each kind of thing that a person looks at on its own. */
test("there is a dashboard for each of these", () => {
  expect(dashboards.map(({ title }) => title)).toEqual([
    ...["Hosts", "Caddy", "Containers", "LiteLLM spend", "n8n", "PostgreSQL", "Redis"],
  ]);
  expect(new Set(dashboards.map(({ uid }) => uid)).size).toBe(7);
});

test("panels never overlap and stay within the grid of 24 columns", () => {
  fc.assert(
    fc.property(fc.array(panel, { maxLength: 12 }), (panels) => {
      const taken = drawn(panels).flatMap(({ gridPos }) => cellsOf(gridPos));
      expect(new Set(taken).size).toBe(taken.length);
      expect(drawn(panels).filter(({ gridPos: { x, w } }) => x + w > 24)).toEqual([]);
    }),
    { numRuns: 50 },
  );
});

test("queries reach Grafana as they are, each with a name of its own and the panel's store", () => {
  fc.assert(
    fc.property(fc.array(panel, { maxLength: 6 }), (panels) => {
      drawn(panels).forEach(({ id, targets, datasource }, index) => {
        const given = panels[index] as Panel;
        expect(id).toBe(index + 1);
        expect(targets.map(({ expr }) => expr)).toEqual(given.queries.map(({ expr }) => expr));
        expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
        const logs = given.kind === "logs";
        expect(datasource).toEqual(
          logs ? { type: "loki", uid: "loki" } : { type: "prometheus", uid: "victoriametrics" },
        );
        for (const target of targets) expect(target.datasource).toEqual(datasource);
      });
    }),
  );
});

const logQueries = dashboards.flatMap(({ title, panels }) =>
  panels
    .filter((one) => one.kind === "logs")
    .flatMap(({ queries }) => queries.map(({ expr }): [string, string] => [title, expr])),
);

/** Places where Grafana's own grammar of LogQL finds no sense. */
function mistakes(query: string): number {
  let found = 0;
  parser.parse(query).iterate({ enter: ({ type }) => void (found += type.isError ? 1 : 0) });
  return found;
}

test.each(logQueries)("%s: LogQL %s", (_title, expr) => {
  expect(mistakes(expr)).toBe(0);
});

test("that grammar finds mistakes", () => {
  expect(mistakes('{service="n8n"')).toBeGreaterThan(0);
  expect(logQueries.length).toBeGreaterThan(4);
});
