import { gunzipSync } from "node:zlib";
import { z } from "zod";
import { wholeJson } from "../../model/whole-json";
import { isText } from "./is-text";

const resourceSchema = z.looseObject({
  urn: z.string().startsWith("urn:pulumi:"),
  type: z.string().min(1),
  parent: z.string().optional(),
  dependencies: z.array(z.string()).nullish(),
});

const stateSchema = z.looseObject({
  version: z.int(),
  checkpoint: z.looseObject({
    latest: z
      .looseObject({
        manifest: z.looseObject({ time: z.iso.datetime({ offset: true }) }),
        resources: z.array(resourceSchema).nullish(),
        pending_operations: z.array(z.unknown()).nullish(),
      })
      .nullish(),
  }),
});

/** What a stack has that was never used. */
const NEVER_USED = { version: 3, checkpoint: {} };

/** A resource as the state has it; the other fields as the engine wrote them. */
export type StateResource = z.infer<typeof resourceSchema>;

/** What a state says of itself. */
export interface GoodState {
  readonly resources: readonly StateResource[];
  /** When the engine wrote it, as it noted that: ISO 8601. Empty for a stack that nothing was done with yet. */
  readonly time: string;
  /** What was under way when it was written; its form is the engine's. */
  readonly pending: readonly unknown[];
}

/** One clause that ends "<file> …": `is empty`. It quotes nothing, since a state holds more than names. */
export interface Damage {
  readonly damage: string;
}

/** Reads a state's file as far as any engine would have written it. */
export function inspectState(content: Buffer): GoodState | Damage {
  const text = textOf(content);
  if (typeof text !== "string") return text;
  const value = wholeJson(text);
  if ("damage" in value) return value;
  const isNew = text.trim() === "{}";
  const state = stateSchema.safeParse(isNew ? NEVER_USED : value.json);
  if (!state.success) return { damage: formProblem(state.error) };
  const latest = state.data.checkpoint.latest;
  const resources = latest?.resources ?? [];
  const problem = resources.length === 0 ? undefined : referenceProblem(resources);
  return problem === undefined
    ? { resources, time: latest?.manifest.time ?? "", pending: latest?.pending_operations ?? [] }
    : { damage: problem };
}

const formProblem = ({ issues }: z.ZodError): string => {
  const at = issues[0]?.path.join(".") ?? "";
  return `has another form than a state${at === "" ? "" : ` (at ${at})`}`;
};

function textOf(content: Buffer): string | Damage {
  if (content.length === 0) return { damage: "is empty" };
  if (content.every((byte) => byte === 0)) return { damage: `holds nothing but ${content.length} zero bytes` };
  const plain = isGzip(content) ? unpacked(content) : content;
  if (plain === undefined) return { damage: "is compressed, and cannot be unpacked" };
  if (!isText(plain)) return { damage: "holds bytes that are no text" };
  return plain.toString("utf8");
}

/** With PULUMI_DIY_BACKEND_GZIP or the like the engine compresses what it writes. */
const isGzip = (content: Buffer): boolean => content[0] === 0x1f && content[1] === 0x8b;

/** A state as text, whether the engine has compressed it or not. @param content of a good one */
export const plainState = (content: Buffer): Buffer => (isGzip(content) ? gunzipSync(content) : content);

function unpacked(content: Buffer): Buffer | undefined {
  try {
    return gunzipSync(content);
  } catch {
    return undefined;
  }
}

/** The engine writes no resource that names one which is not there, and each URN ends with the resource's type and name. */
function referenceProblem(resources: readonly StateResource[]): string | undefined {
  const known = new Set(resources.map(({ urn }) => urn));
  for (const { urn, type, parent, dependencies } of resources) {
    if (urn.split("::")[2]?.split("$").at(-1) !== type) return `names a resource that is not of its type (${urn})`;
    const needed = [...(parent ? [parent] : []), ...(dependencies ?? [])];
    if (needed.some((other) => !known.has(other))) return `has a resource that needs one which is not there (${urn})`;
  }
  return undefined;
}
