import type { Output, Resource } from "@pulumi/pulumi";
import type { Connection } from "@vpai/providers";

/** A host's computer, wherever it comes from. */
export interface Machine {
  connection: Output<Connection>;
  /** Address that the world reaches the host on. */
  publicAddress: Output<string>;
  /** The resource that everything on the host vanishes with; undefined for a machine that outlives the stack. */
  vanishesWith: Resource | undefined;
}
