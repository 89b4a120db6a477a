import type { Span } from "./trace";

/** Where the time of one run went, in milliseconds. The three parts add up to the total. */
export interface Shares {
  total: number;
  /**
   * From the start of the program (the engine's `Run` call to the language host) to the first resource that the
   * program itself registers. The stack resource does not count: the SDK registers it before it loads the program. 0
   * when no program runs, as in a refresh.
   */
  programLoad: number;
  /**
   * Time in which at least one provider was being started or worked on a call. Calls in parallel count once, and what
   * falls into the program load counts as program load.
   */
  provider: number;
  /** All else: reading and writing state, decrypting, planning, and the program's own run after it was loaded. */
  engine: number;
}

type Interval = readonly [start: number, end: number];

/** @throws Error when the trace has no span of the command itself */
export function sharesOf(spans: readonly Span[]): Shares {
  const command = spans.find(({ name }) => name === "pulumi");
  if (command === undefined)
    throw new Error("expected a span named `pulumi` in the trace, found none; did the run end early?");
  const total = command.end - command.start;
  const load = programLoad(spans);
  const loading = lengthOf(load);
  const working = lengthOf([...spans.filter(isProviderWork).map(intervalOf), ...load]) - loading;
  return { total, programLoad: loading, provider: working, engine: total - loading - working };
}

function programLoad(spans: readonly Span[]): Interval[] {
  const run = spans.find((span) => span.side === "client" && span.name === "pulumirpc.LanguageRuntime/Run");
  if (run === undefined) return [];
  const [, first] = registrations(spans);
  // A program that registers nothing was loading, or failing, until it ended.
  return [[run.start, first?.start ?? run.end]];
}

/** The calls with which the program registered its resources, the stack's own first. */
export const registrations = (spans: readonly Span[]): Span[] =>
  spans
    .filter((span) => span.side === "server" && span.name === "pulumirpc.ResourceMonitor/RegisterResource")
    .sort((one, other) => one.start - other.start);

const isProviderWork = (span: Span): boolean =>
  span.name === "newPlugin"
    ? span.attributes["kind"] === "resource"
    : span.side === "client" && span.name.startsWith("pulumirpc.ResourceProvider/");

const intervalOf = ({ start, end }: Span): Interval => [start, end];

/** Time covered by at least one interval. */
function lengthOf(intervals: readonly Interval[]): number {
  let [covered, until] = [0, -Infinity];
  for (const [start, end] of [...intervals].sort(([one], [other]) => one - other)) {
    covered += Math.max(0, end - Math.max(start, until));
    until = Math.max(until, end);
  }
  return covered;
}
