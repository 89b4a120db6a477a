import { stringify } from "yaml";
import type { ServiceContext } from "../../../../model/context";
import type { Alert } from "../../../../model/monitoring";
import { alertsOf } from "./alerts";

/** vmalert's rule file: one group, evaluated twice a minute. */
export const alertRules = (context: ServiceContext): string =>
  stringify(
    { groups: [{ name: context.host, interval: "30s", rules: alertsOf(context.hosts).map(rule) }] },
    { lineWidth: 0 },
  );

const rule = ({ name, expr, after, severity, summary }: Alert): object => ({
  alert: name,
  expr,
  for: after,
  labels: { severity },
  annotations: { summary },
});
