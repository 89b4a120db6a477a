import { table } from "../terminal/table";
import type { Measurement } from "./measure";
import { median } from "./statistics";

/** What is measured: `cold` once, the others several times. */
export const operations = ["cold", "noop", "preview", "refresh"] as const;
/** One of them. */
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
  resources: median(measured.map(({ resources }) => resources)),
  peakMemory: median(measured.map(({ peakMemory }) => peakMemory)),
});

/** What was measured of the lab with one choice of services. */
export interface Slice {
  /** As `SERVICES` names it: `idle`, `core`, `all`. */
  choice: string;
  /** How many services run. */
  services: number;
  results: readonly Result[];
}

/** The results for people: seconds, shares of the total, MiB; then what an unchanged service and resource cost. */
export function asTable(slices: readonly Slice[]): string {
  const head = [
    "services",
    "operation",
    "runs",
    "resources",
    "total",
    "engine",
    "program load",
    "provider",
    "peak memory",
  ];
  const rows = slices.flatMap(({ choice, services, results }) =>
    results.map((result) => [`${choice} (${services})`, ...row(result)]),
  );
  const costs = [
    ["service", costPerService(slices)],
    ["resource", costPerResource(slices)],
  ].flatMap(([what, cost]) =>
    typeof cost === "number" ? [`an unchanged ${what} costs a no-op up ${Math.round(cost)} ms`] : [],
  );
  return [table(head, rows), ...(costs.length > 0 ? [""] : []), ...costs].join("\n");
}

/** Milliseconds that each further service adds to an `up` that changes nothing; needs two sizes of lab. */
const costPerService = (slices: readonly Slice[]): number | undefined =>
  costPer(
    slices.filter(({ services }) => services > 0),
    ({ services }) => services,
  );

/** Milliseconds that each further resource adds to an `up` that changes nothing; needs two sizes of stack. */
const costPerResource = (slices: readonly Slice[]): number | undefined =>
  costPer(slices, (_, { resources }) => resources);

/** From the difference between the two largest, the last ones: it holds no start of a further provider. */
function costPer(slices: readonly Slice[], size: (slice: Slice, noop: Result) => number): number | undefined {
  const points = slices.flatMap((slice) =>
    slice.results
      .filter(({ operation }) => operation === "noop")
      .map((noop) => ({ size: size(slice, noop), total: noop.total })),
  );
  const [small, large] = points.slice(-2);
  if (small === undefined || large === undefined || small.size === large.size) return undefined;
  return (large.total - small.total) / (large.size - small.size);
}

function row({ operation, runs, resources, total, engine, programLoad, provider, peakMemory }: Result): string[] {
  const part = (time: number): string => `${seconds(time)} (${Math.round((100 * time) / total)} %)`;
  const memory = `${Math.round(peakMemory / 2 ** 20)} MiB`;
  const parts = [engine, programLoad, provider].map(part);
  return [TITLES[operation], String(runs), String(resources), seconds(total), ...parts, memory];
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(2)} s`;

/** The results for programs. */
export function asJson(slices: readonly Slice[]): string {
  const [service, resource] = [costPerService(slices), costPerResource(slices)];
  return JSON.stringify(
    {
      unit: { time: "ms", memory: "bytes" },
      slices: slices.map((slice) => ({ ...slice, results: slice.results.map(rounded) })),
      ...(service === undefined ? {} : { costPerUnchangedService: Math.round(service) }),
      ...(resource === undefined ? {} : { costPerUnchangedResource: Math.round(resource) }),
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
