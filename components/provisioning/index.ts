import type { Resource } from "@pulumi/pulumi";
import type { Service } from "../../model/service";
import { collections } from "./collections";
import { databases } from "./databases";
import type { Servers } from "./servers";
import { virtualKeys } from "./virtual-keys";

export { smokeChecks } from "./smoke-checks";
export type { Role, Servers, Serving } from "./servers";
export { workflows } from "./workflows";

/** Everything that a service needs made in others before it starts. */
export const provisions = (service: Service, servers: Servers): Resource[] => [
  ...databases(service, servers),
  ...collections(service, servers),
  ...virtualKeys(service, servers),
];
