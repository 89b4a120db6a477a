import { table } from "../table";
import type { Measurement } from "./measure";
import { median } from "./statistics";

/** What is measured: `cold` once, the others several times. */
export const operations = ["cold", "noop", "preview", "refresh"] as const;
export type Operation = (typeof operations)[number];

/** Medians of one operation's runs; times in milliseconds, memory in bytes. */
export interface Result extends Measurement {
  operation: Operation;
  runs: number;
}

const TITLES: Record<Operation, string> = { cold: "cold up", noop: "no-op up", preview: "preview", refresh: "refresh" };

/** The median of each figure on its own, so that the parts need not add up exactly to the total. */
export const summarize = (operation: Operation, measured: readonly Measurement[]): Result => ({
  operation,
  runs: measured.length,
  total: median(measured.map(({ total }) => total)),
  programLoad: median(measured.map(({ programLoad }) => programLoad)),
  provider: median(measured.map(({ provider }) => provider)),
  engine: median(measured.map(({ engine }) => engine)),
  peakMemory: median(measured.map(({ peakMemory }) => peakMemory)),
});

/** What was measured of the lab with one choice of services. */
export interface Slice {
  /** As `SERVICES` names it: `core`, `all`. */
  choice: string;
  /** How many services run. */
  services: number;
  results: readonly Result[];
}

/** The results for people: seconds, shares of the total, MiB; then what an unchanged service costs. */
export function asTable(slices: readonly Slice[]): string {
  const head = ["services", "operation", "runs", "total", "engine", "program load", "provider", "peak memory"];
  const rows = slices.flatMap(({ choice, services, results }) =>
    results.map((result) => [`${choice} (${services})`, ...row(result)]),
  );
  const cost = costPerService(slices);
  const closing = cost === undefined ? [] : ["", `an unchanged service costs a no-op up ${seconds(cost)}`];
  return [table(head, rows), ...closing].join("\n");
}

/** Milliseconds that each further service adds to an `up` that changes nothing; needs two sizes of lab. */
export function costPerService(slices: readonly Slice[]): number | undefined {
  const points = slices.flatMap(({ services, results }) =>
    results.filter(({ operation }) => operation === "noop").map(({ total }) => ({ services, total })),
  );
  const [small, large] = [points.at(0), points.at(-1)];
  if (small === undefined || large === undefined || small.services === large.services) return undefined;
  return (large.total - small.total) / (large.services - small.services);
}

function row({ operation, runs, total, engine, programLoad, provider, peakMemory }: Result): string[] {
  const part = (time: number): string => `${seconds(time)} (${Math.round((100 * time) / total)} %)`;
  const memory = `${Math.round(peakMemory / 2 ** 20)} MiB`;
  return [TITLES[operation], String(runs), seconds(total), part(engine), part(programLoad), part(provider), memory];
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(2)} s`;

/** The results for programs. */
export function asJson(slices: readonly Slice[]): string {
  const cost = costPerService(slices);
  return JSON.stringify(
    {
      unit: { time: "ms", memory: "bytes" },
      slices: slices.map((slice) => ({ ...slice, results: slice.results.map(rounded) })),
      ...(cost === undefined ? {} : { costPerUnchangedService: Math.round(cost) }),
    },
    null,
    2,
  );
}

const rounded = (result: Result): Result => ({
  ...result,
  total: Math.round(result.total),
  programLoad: Math.round(result.programLoad),
  provider: Math.round(result.provider),
  engine: Math.round(result.engine),
});
