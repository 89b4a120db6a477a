/** The most memory that services had. */
export interface Peaks {
  /** Day of the measurement. */
  measuredOn: string;
  /** MiB by service; of real programs only: a stand-in's says nothing. */
  mib: Readonly<Record<string, number>>;
}

/**
 * The kernel's own high-water mark of each container, page cache included, in a lab of all services: while all started on two busy
 * processors, and tests of the gateway, coding tools, budget and sandboxes ran.
 */
export const PEAKS: Peaks = {
  measuredOn: "2026-11-30",
  mib: {
    alertmanager: 25,
    caddy: 27,
    cadvisor: 25,
    diun: 35,
    litellm: 793,
    n8n: 391,
    nocodb: 257,
    openclaw: 409,
    postgresql: 276,
    redis: 11,
    "redis-cache": 26,
    sandboxes: 52,
    victoriametrics: 72,
    vmalert: 19,
  },
};
