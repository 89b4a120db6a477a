import type { Dashboard, Panel, PanelKind, Store } from "../../../../model/monitoring";

/** Grafana's grid has 24 columns; a row is about 30 pixels high. */
const SIZES: Readonly<Record<PanelKind, { w: number; h: number }>> = {
  stat: { w: 6, h: 4 },
  timeseries: { w: 12, h: 8 },
  table: { w: 24, h: 8 },
  logs: { w: 24, h: 10 },
};
const COLUMNS = 24;

/** The store that a panel's queries are for. */
const storeOf = ({ kind }: Panel): Store => (kind === "logs" ? "loki" : "victoriametrics");

/** A dashboard as Grafana's own JSON, with panels from left to right and top to bottom. */
export const dashboardJson = ({ uid, title, panels }: Dashboard): string =>
  `${JSON.stringify(
    {
      uid,
      title,
      tags: ["vpai"],
      timezone: "browser",
      schemaVersion: 41,
      refresh: "1m",
      time: { from: "now-6h", to: "now" },
      editable: false,
      templating: { list: [] },
      annotations: { list: [] },
      panels: placed(panels),
    },
    undefined,
    2,
  )}\n`;

function placed(panels: readonly Panel[]): object[] {
  const at = { x: 0, y: 0, rowHeight: 0 };
  return panels.map((panel, index) => {
    const { w, h } = SIZES[panel.kind ?? "timeseries"];
    if (at.x + w > COLUMNS) Object.assign(at, { x: 0, y: at.y + at.rowHeight, rowHeight: 0 });
    const gridPos = { x: at.x, y: at.y, w, h };
    Object.assign(at, { x: at.x + w, rowHeight: Math.max(at.rowHeight, h) });
    return { id: index + 1, gridPos, ...panelJson(panel) };
  });
}

function panelJson(panel: Panel): object {
  const { title, kind = "timeseries", unit = "short", queries } = panel;
  const datasource = { type: storeOf(panel) === "loki" ? "loki" : "prometheus", uid: storeOf(panel) };
  return {
    type: kind,
    title,
    datasource,
    targets: queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode("A".charCodeAt(0) + index),
      datasource,
      expr,
      ...(legend === undefined ? {} : { legendFormat: legend }),
      ...(kind === "table" ? { format: "table" } : {}),
      ...(kind === "stat" || kind === "table" ? { instant: true } : {}),
    })),
    fieldConfig: { defaults: { unit }, overrides: [] },
    options: kind === "logs" ? { showTime: true, wrapLogMessage: true, sortOrder: "Descending" } : {},
  };
}
