import type { ServiceContext } from "../../model/context";
import { hostJobsOf } from "../../model/platform";
import { jobsOf } from "../../model/service";
import { EVERY, rule, SERVICE_LABEL, unitPattern, unitsOf } from "./blocks";
import type { Collecting } from "./collecting";
import { type Block, Expression } from "./syntax";

const DOCKER = "unix:///var/run/docker.sock";
const LINES = new Expression("loki.write.loki.receiver");

/** Label that names a journal's unit, as Alloy's source writes it. */
const UNIT_LABEL = "__journal__systemd_unit";

/** Jobs of the host and of its services, each a systemd service of its name. */
const jobNamesOf = (context: ServiceContext): string[] => {
  const own = context.hosts.filter(({ name }) => name === context.host);
  return [
    ...context.services.flatMap((service) => jobsOf(service, context)),
    ...own.flatMap((host) => hostJobsOf(host, context)),
  ].map(({ name }) => name);
};

/** What containers log, whom the engine tells of. */
export const containerLogs = ({ host }: ServiceContext): Block[] => [
  {
    type: "discovery.docker",
    label: "containers",
    attributes: { host: DOCKER, refresh_interval: EVERY },
    blocks: [{ type: "filter", attributes: { name: "label", values: ["dev.vpai.service"] } }],
  },
  {
    type: "discovery.relabel",
    label: "containers",
    attributes: { targets: new Expression("discovery.docker.containers.targets") },
    blocks: [
      rule({ source_labels: [SERVICE_LABEL.docker], target_label: "service" }),
      rule({ source_labels: ["__meta_docker_container_name"], regex: "/(.*)", target_label: "container" }),
    ],
  },
  {
    type: "loki.source.docker",
    label: "containers",
    attributes: {
      host: DOCKER,
      targets: new Expression("discovery.relabel.containers.output"),
      labels: { host },
      forward_to: [LINES],
      refresh_interval: EVERY,
    },
  },
];

/** What units and jobs log is in the host's journal. */
export function unitLogs(context: ServiceContext, { hostRoot, units }: Collecting): Block[] {
  const pattern = unitPattern([...unitsOf(context), ...jobNamesOf(context)]);
  if (!units) return [];
  return [
    {
      type: "loki.relabel",
      label: "units",
      attributes: { forward_to: [] },
      blocks: [
        rule({ action: "keep", source_labels: [UNIT_LABEL], regex: pattern }),
        rule({ source_labels: [UNIT_LABEL], regex: "(.+)[.]service", target_label: "service" }),
      ],
    },
    {
      type: "loki.source.journal",
      label: "units",
      attributes: {
        path: `${hostRoot}/var/log/journal`,
        labels: { host: context.host },
        relabel_rules: new Expression("loki.relabel.units.rules"),
        forward_to: [LINES],
      },
    },
  ];
}
