import type { z } from "zod";
import { wholeJson } from "./whole-json";

/** What to do where nothing better is known: programs tell of themselves in other forms with other versions. */
const COMPARE_VERSIONS = "compare the version of the program that gave it with the one that is pinned here";

/** Characters of a path into what was found that an error shows; keys in it may be anybody's. */
const LONGEST_PLACE = 80;

/**
 * What a JSON text from outside of this process holds, in the form that is expected of it. Schemas of such texts are loose:
 * newer programs tell more. They check and change nothing, so what is returned is all that was found, in its order.
 * @param what it is to be, for the error: `the engine's description of vpai_n8n on 192.0.2.1`
 * @param todo what to do where it is not, an imperative
 * @throws where it is no JSON, or has another form; of what was found its kind and place are told, never a value: it may be a secret
 */
export function parseJson<Value>(
  schema: z.ZodType<Value, Value>,
  text: string,
  what: string,
  todo: string = COMPARE_VERSIONS,
): Value {
  const read = wholeJson(text);
  if ("json" in read) return expectForm(schema, read.json, what, todo);
  throw new Error(`expected ${what}, found ${noJson(text, read.damage)}: ${todo}`);
}

/** The same of a value that was read from such a text already. */
export function expectForm<Value>(
  schema: z.ZodType<Value, Value>,
  value: unknown,
  what: string,
  todo: string = COMPARE_VERSIONS,
): Value {
  const result = schema.safeParse(value);
  if (result.success) return value as Value;
  throw new Error(`expected ${what}${misfit(result.error.issues, value)}: ${todo}`);
}

/** What such a text holds, where it is nothing to fail for that it is no JSON, or has another form: undefined then. */
export function jsonIfAny<Value>(schema: z.ZodType<Value>, text: string): Value | undefined {
  const read = wholeJson(text);
  return "json" in read ? schema.safeParse(read.json).data : undefined;
}

function noJson(text: string, damage: string): string {
  if (text.trim() === "") return "nothing";
  return /^\s*<(!doctype|html)/i.test(text) ? "a web page" : `a text that ${damage}`;
}

/** Where the first difference is, and how many there are. */
function misfit([first, ...others]: readonly z.core.$ZodIssue[], value: unknown): string {
  if (first === undefined) return ", found another form";
  const found = kindOf(at(value, first.path));
  if (first.path.length === 0) return ` as ${wantedBy(first)}, found ${found}`;
  const more = others.length === 0 ? "" : `, and ${others.length} more such place${others.length === 1 ? "" : "s"}`;
  return ` with ${wantedBy(first)} in ${placeOf(first.path)}, found ${found} there${more}`;
}

const KINDS: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  tuple: "a list",
  object: "an object",
  record: "an object",
  null: "null",
};

function wantedBy(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_type") return KINDS[issue.expected] ?? issue.expected;
  if (issue.code === "invalid_value") return issue.values.map((value) => JSON.stringify(value)).join(" or ");
  if (issue.code !== "invalid_union") return "what belongs there";
  const firsts = issue.errors.flatMap(([first]) => first ?? []);
  return firsts.every(({ path }) => path.length === 0)
    ? [...new Set(firsts.map(wantedBy))].join(" or ")
    : "one of the forms that it may have";
}

function kindOf(value: unknown): string {
  if (value === undefined) return "nothing";
  return KINDS[value === null ? "null" : Array.isArray(value) ? "array" : typeof value] ?? typeof value;
}

const at = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce((inner, key) => (inner as Readonly<Record<PropertyKey, unknown>> | null | undefined)?.[key], value);

/** `0.State.Status`; what a terminal would take for more than text is left out. */
function placeOf(path: readonly PropertyKey[]): string {
  const place = path.map((key) => String(key).replaceAll(/[^\w./:@$-]/g, "?")).join(".");
  return place.length > LONGEST_PLACE ? `${place.slice(0, LONGEST_PLACE)}…` : place;
}
