import type { Resource } from "@pulumi/pulumi";

/** What each layer gives to the one above it. */
export interface Ready {
  /** What the next layer waits for. */
  ready: readonly Resource[];
}

/**
 * One layer of a host, made once what is below it is ready. What comes between two of them, a firewall between login and
 * engine, takes the one's `ready` and gives its own to the other.
 */
export type Layer<Host, Made extends Ready = Ready> = (host: Host, after: readonly Resource[]) => Made;
