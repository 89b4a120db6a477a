import type { CustomResourceOptions } from "@pulumi/pulumi";
import type { HostContext } from "../host-context";
import type { Service } from "../../model/service";
import type { DockerService } from "../container/service";

/** What a service can be for others: fields of a service that say that it serves them. */
export type Role = "databaseServer" | "vectorServer" | "llmProxy";

/** A started service with what it says of the role that it has. */
export interface Serving<R extends Role> {
  role: NonNullable<Service[R]>;
  service: Service;
  running: DockerService;
}

/** Where the things that services declare are made. */
export interface Servers {
  host: HostContext;
  /** The host's service of that role, started. @throws when the host has none */
  serving<R extends Role>(role: R): Serving<R>;
}

/** Options of something that is made in a running service: it is part of it, and waits until it is healthy. */
export const madeIn = (running: DockerService): CustomResourceOptions => ({
  parent: running,
  dependsOn: [running.gate],
});
