import type { ComponentResource, Output, Resource } from "@pulumi/pulumi";
import type { Endpoint } from "../model/capability";
import type { ServiceContext } from "../model/context";
import type { Preparation } from "./preparation";
import type { HostContext } from "./host-context";

/** Where a service starts, and after what. */
export interface ServiceArgs {
  host: HostContext;
  context: ServiceContext;
  /** Resources that must be there before it starts. */
  after: readonly Resource[];
  /** Takes on what it is made of; it starts once that of all services is there. */
  preparation: Preparation;
}

/** One service on one host, whatever runs it. */
export interface RunningService extends ComponentResource {
  /** The service's name. */
  readonly service: string;
  /** Opens when the service is healthy. */
  readonly gate: Resource;
  /** Where it answers on its host. */
  readonly endpoint: Endpoint;
  /** Names what runs: another text is checked anew. */
  readonly running: Output<string>;
  /** Tells two of them apart that are made from different things. */
  readonly digest: Output<string>;
  /** Where the host keeps what the program sees at a path below one of its data folders. @throws for any other path */
  onHost(path: string): string;
}
