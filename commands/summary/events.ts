import { z } from "zod";
import { LEFT_AS_IT_IS } from "../../model/finding";
import { jsonIfAny } from "../../model/foreign-json";
import { causeOf } from "./cause";

/** What the engine's log says of a run that failed. */
export interface Outcome {
  /** Each cause once, with the names of the resources that it kept from being made. */
  failures: { cause: string; raw: string; names: string[] }[];
  /** Services that were not reached. */
  left: string[];
}

const stepSchema = z.looseObject({ urn: z.string(), type: z.string(), op: z.string() });

export type Step = z.infer<typeof stepSchema>;

/** One line of the engine's log, as far as it is read. */
const eventSchema = z.looseObject({
  diagnosticEvent: z
    .looseObject({ urn: z.string().exactOptional(), severity: z.string(), message: z.string() })
    .exactOptional(),
  resourcePreEvent: z.looseObject({ metadata: stepSchema }).exactOptional(),
  resOutputsEvent: z.looseObject({ metadata: stepSchema }).exactOptional(),
});

type EngineEvent = z.infer<typeof eventSchema>;

const SERVICE = "vpai:docker:Service";
const GATE = "pulumi-nodejs:dynamic/vpai/docker:HealthGate";

/** What the engine says of every run that failed, whatever failed. */
const SAYS_NOTHING =
  /^(update failed|preview failed|resource .*(registration|operation) failed|Program exited with non-zero exit code: \d+|)$/;

/** Reads the log of a run: one JSON event a line. A line that is cut, as after a crash, or has another form is passed over. */
export function outcomeOf(log: string): Outcome {
  const events = eventsIn(log);
  const failures = new Map<string, Outcome["failures"][number]>();
  const left: string[] = [];
  for (const { urn, message } of errorsIn(events)) {
    const [cause, name] = [causeOf(message), nameOf(urn)];
    if (SAYS_NOTHING.test(cause)) continue;
    if (cause.startsWith(LEFT_AS_IT_IS)) {
      left.push(serviceOf(name));
      continue;
    }
    const failure = failures.get(cause) ?? { cause, raw: message, names: [] };
    if (name !== "" && !failure.names.includes(name)) failure.names.push(name);
    failures.set(cause, failure);
  }
  const failed = [...failures.values()].flatMap(({ names }) => names.map(serviceOf));
  const unreached = [...left, ...servicesNotReached(events)].filter((name) => !failed.includes(name));
  return { failures: [...failures.values()], left: [...new Set(unreached)].sort() };
}

/** Every step that a run took, or would take, in the engine's words for it. */
export const stepsIn = (log: string): Step[] =>
  eventsIn(log).flatMap(({ resourcePreEvent }) => resourcePreEvent?.metadata ?? []);

/** The same of those that came to an end. A refresh names here what it found: `same`, `update` or `delete`. */
export const doneIn = (log: string): Step[] =>
  eventsIn(log).flatMap(({ resOutputsEvent }) => resOutputsEvent?.metadata ?? []);

const eventsIn = (log: string): EngineEvent[] => log.split("\n").flatMap(parsed);

function parsed(line: string): EngineEvent[] {
  const event = line.startsWith("{") ? jsonIfAny(eventSchema, line) : undefined;
  return event === undefined ? [] : [event];
}

const errorsIn = (events: readonly EngineEvent[]): { urn: string; message: string }[] =>
  events.flatMap(({ diagnosticEvent: said }) =>
    said?.severity === "error" ? [{ urn: said.urn ?? "", message: said.message }] : [],
  );

/** A service is made known first, and has its health looked at last. */
function servicesNotReached(events: readonly EngineEvent[]): string[] {
  const named = (step: Step | undefined, type: string): string[] => (step?.type === type ? [nameOf(step.urn)] : []);
  const known = events.flatMap(({ resourcePreEvent }) => named(resourcePreEvent?.metadata, SERVICE));
  const done = new Set(events.flatMap(({ resOutputsEvent }) => named(resOutputsEvent?.metadata, GATE)).map(serviceOf));
  return known.filter((name) => !done.has(name));
}

/** A resource's own name; empty for the stack and for what belongs to no resource. */
export const nameOf = (urn: string): string =>
  urn.includes("::pulumi:pulumi:Stack::") ? "" : urn.slice(urn.lastIndexOf("::") + 2).trim();

/** `sese-ai/redis` of `sese-ai/redis/config/redis.conf`. */
const serviceOf = (name: string): string => name.split("/").slice(0, 2).join("/");
