/** The most memory that services had. */
export interface Peaks {
  /** Day of the measurement. */
  measuredOn: string;
  /** MiB by service; of real programs only: a stand-in's says nothing. */
  mib: Readonly<Record<string, number>>;
}

/**
 * The kernel's own high-water mark of each container, page cache included, in a lab of the groups core and apps: while all started
 * on two busy processors, and the tests of sandboxes and worker ran. Monitoring was not measured.
 */
export const PEAKS: Peaks = {
  measuredOn: "2026-11-29",
  mib: {
    caddy: 27,
    litellm: 731,
    n8n: 355,
    nocodb: 211,
    postgresql: 270,
    redis: 11,
    sandboxes: 36,
  },
};
