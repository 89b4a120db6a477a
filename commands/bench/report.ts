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

/** The results for people: seconds, shares of the total, MiB. */
export function asTable(results: readonly Result[]): string {
  const head = ["operation", "runs", "total", "engine", "program load", "provider", "peak memory"];
  return table(head, results.map(row));
}

function row({ operation, runs, total, engine, programLoad, provider, peakMemory }: Result): string[] {
  const part = (time: number): string => `${seconds(time)} (${Math.round((100 * time) / total)} %)`;
  const memory = `${Math.round(peakMemory / 2 ** 20)} MiB`;
  return [TITLES[operation], String(runs), seconds(total), part(engine), part(programLoad), part(provider), memory];
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(2)} s`;

/** The results for programs. */
export const asJson = (results: readonly Result[]): string =>
  JSON.stringify({ unit: { time: "ms", memory: "bytes" }, results: results.map(rounded) }, null, 2);

const rounded = (result: Result): Result => ({
  ...result,
  total: Math.round(result.total),
  programLoad: Math.round(result.programLoad),
  provider: Math.round(result.provider),
  engine: Math.round(result.engine),
});
