import type { ServiceContext } from "../../model/context";
import { isUnitService } from "../../model/service";
import type { Block, Value } from "./syntax";

/** How often what runs is looked for, and its metrics are read. */
export const EVERY = "30s";

/** Label that names a container's service, as Docker's discovery and as cAdvisor write it. */
export const SERVICE_LABEL = {
  docker: "__meta_docker_container_label_dev_vpai_service",
  cadvisor: "container_label_dev_vpai_service",
};

/** Names of the host's services that are systemd units, as systemd has them. */
export const unitsOf = ({ services }: ServiceContext): string[] =>
  services.filter(isUnitService).map(({ name, run: { unit = name } }) => unit);

/** Matches the units of these names, as systemd calls them. */
export const unitPattern = (names: readonly string[]): string => `(${names.join("|")})[.]service`;

/** A rule of a relabelling. */
export const rule = (attributes: Readonly<Record<string, Value>>): Block => ({ type: "rule", attributes });
