import { stringify } from "yaml";
import type { ServiceContext } from "../../../../model/context";
import { alertsOf, type KnownAlert } from "./alerts";

/**
 * vmalert's rule file: one group, evaluated four times a minute. From a cause to the evaluation pass at most the 30 seconds
 * between two samples, the 30 that vmalert waits for late ones, and these 15 (docs/decisions/alerts.md).
 */
export const alertRules = (context: ServiceContext): string =>
  stringify(
    {
      groups: [
        { name: context.host, interval: "15s", rules: alertsOf(context.hosts).map((alert) => rule(alert, context)) },
      ],
    },
    { lineWidth: 0 },
  );

/** Whoever gets it reads the annotations: a sum has no labels of what it adds up. */
const rule = (
  { name, expr, after, severity, summary, value = "{{ $value }}", about, runbook }: KnownAlert,
  { host, settings }: ServiceContext,
): object => ({
  alert: name,
  expr,
  for: after,
  labels: { severity },
  annotations: {
    summary,
    host: `{{ or $labels.host "${host}" }}`,
    service: `{{ or $labels.service "${about}" }}`,
    value,
    runbook: `${String(settings["runbook"])}#${runbook}`,
  },
});
