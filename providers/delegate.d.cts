import type { dynamic } from "@pulumi/pulumi";

/** The serialisable stand-in of the implementation registered under `name`. */
export function delegate(name: string): dynamic.ResourceProvider;
