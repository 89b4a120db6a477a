import type { Platform } from "../model/platform";
import { JOB_LIMITS } from "../model/job";
import type { Service } from "../model/service";
import type { Peaks } from "./memory-peaks";

/** MiB of a host with 8 GB. */
const HOST_MIB = 8192;

const head = ({ measuredOn }: Peaks, host: string): string => `# Memory of ${host}

Written by \`make docs\`; a test keeps it true. Limits are what the services may use, and the engine holds them to it. Peaks are
the kernel's high-water marks in a lab whose services started and were tried, of ${measuredOn}. Where nothing was measured, as of
the lab's stand-ins, the limit counts as the peak.

| what | limit | measured peak | counts as |
| --- | ---: | ---: | ---: |
`;

/** A line of the table, in MiB. */
export interface Line {
  what: string;
  limit: number;
  /** Undefined where nothing was measured. */
  peak: number | undefined;
}

/** What a host's memory goes to: its services, the containers that they make, their jobs while they run, and the system. */
export function memoryLines(platform: Platform, host: string, peaks: Peaks): Line[] {
  const { groups = [], systemMiB = 0 } = platform.hosts[host] ?? {};
  const services = platform.services.filter(({ group }) => groups.includes(group));
  return [
    ...services.flatMap((service) => [
      ...(service.partOfSystem === true
        ? []
        : [{ what: service.name, limit: service.limits.memoryMiB, peak: peaks.mib[service.name] }]),
      ...guestLines(service),
      ...jobLines(service),
    ]),
    { what: "the system: Debian, the engine, VPN and guards", limit: systemMiB, peak: undefined },
  ];
}

const guestLines = ({ name, guests }: Service): Line[] =>
  guests === undefined
    ? []
    : [
        {
          what: `${guests.count} containers that ${name} makes, of ${guests.memoryMiB}`,
          limit: guests.count * guests.memoryMiB,
          peak: undefined,
        },
      ];

const jobLines = ({ jobs = [] }: Service): Line[] =>
  jobs.map(({ name, limits = JOB_LIMITS }) => ({
    what: `the job ${name}`,
    limit: limits.memoryMiB,
    peak: undefined,
  }));

/** What the limits, and what the peaks come to. */
export const sumsOf = (lines: readonly Line[]): { limits: number; peaks: number } => ({
  limits: lines.reduce((sum, { limit }) => sum + limit, 0),
  peaks: lines.reduce((sum, { limit, peak = limit }) => sum + peak, 0),
});

/** The memory plan of a host as Markdown. */
export function memoryTable(platform: Platform, host: string, peaks: Peaks): string {
  const lines = memoryLines(platform, host, peaks);
  const { limits, peaks: used } = sumsOf(lines);
  const rows = lines.map(({ what, limit, peak }) => `| ${what} | ${limit} | ${peak ?? "none"} | ${peak ?? limit} |`);
  const last = [`| **sum** | **${limits}** | | **${used}** |`, `| of | ${HOST_MIB} | | ${HOST_MIB} |`];
  const table = `${head(peaks, host)}${[...rows, ...last].join("\n")}\n`;
  return `<!-- prettier-ignore-start -->\n\n${table}\n<!-- prettier-ignore-end -->\n`;
}
