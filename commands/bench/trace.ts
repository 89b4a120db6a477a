import { z } from "zod";

/** One span of an OpenTelemetry trace: something that took time. Times are in milliseconds since the epoch. */
export interface Span {
  name: string;
  start: number;
  end: number;
  /** Which side of a call recorded it. */
  side: "client" | "server" | "internal";
  attributes: Record<string, string>;
}

const attributeSchema = z.looseObject({
  key: z.string(),
  value: z.looseObject({ stringValue: z.string().optional() }),
});
const spanSchema = z.looseObject({
  name: z.string(),
  kind: z.number().optional(),
  startTimeUnixNano: z.string(),
  endTimeUnixNano: z.string(),
  attributes: z.array(attributeSchema).optional(),
});
const lineSchema = z.looseObject({
  resourceSpans: z.array(
    z.looseObject({ scopeSpans: z.array(z.looseObject({ spans: z.array(spanSchema).optional() })).optional() }),
  ),
});

/** Numbers of OpenTelemetry's span kinds. */
const SIDES: Record<number, Span["side"]> = { 2: "server", 3: "client" };

/**
 * Reads what `pulumi --otel-traces file://…` wrote: one JSON object per line.
 *
 * @throws Error that names the line which has another form
 */
export function parseTrace(text: string): Span[] {
  return text.split("\n").flatMap((line, index) => (line.trim() === "" ? [] : spansOfLine(line, index + 1)));
}

function spansOfLine(line: string, number: number): Span[] {
  const parsed = lineSchema.safeParse(JSON.parse(line));
  if (!parsed.success)
    throw new Error(`expected OpenTelemetry spans as JSON in line ${number} of the trace, found another form`);
  return parsed.data.resourceSpans
    .flatMap(({ scopeSpans = [] }) => scopeSpans)
    .flatMap(({ spans = [] }) => spans)
    .map(toSpan);
}

const toSpan = (span: z.infer<typeof spanSchema>): Span => ({
  name: span.name,
  start: milliseconds(span.startTimeUnixNano),
  end: milliseconds(span.endTimeUnixNano),
  side: SIDES[span.kind ?? 1] ?? "internal",
  attributes: Object.fromEntries((span.attributes ?? []).map(({ key, value }) => [key, value.stringValue ?? ""])),
});

/** Nanoseconds since the epoch do not fit a number; microseconds do. */
const milliseconds = (nanoseconds: string): number => Number(BigInt(nanoseconds) / 1000n) / 1000;
