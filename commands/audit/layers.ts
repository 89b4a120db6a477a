import { isDeepStrictEqual } from "node:util";
import { implementations } from "@vpai/providers";
import type { DeclaredLayer } from "./declared/declared";
import { type AuditFinding, findingsOf } from "./finding";

/** Longest part of a value that is shown, in characters. */
const LONGEST_QUOTE = 200;

/** Never a difference: what Pulumi and the providers keep beside the properties. */
const INTERNAL = new Set(["__provider", "resource", "version", "connection"]);

/**
 * What a layer of a host is otherwise than its state has it, property by property, as a refresh would see it. One that somebody broke, so
 * that it cannot be read, keeps nothing else from being told.
 */
export async function layerFindings(host: string, layers: readonly DeclaredLayer[]): Promise<AuditFinding[]> {
  const found: AuditFinding[] = [];
  for (const layer of layers) found.push(...(await findingsAbout(host, layer)));
  return found;
}

async function findingsAbout(
  host: string,
  { name, implementation, id, state }: DeclaredLayer,
): Promise<AuditFinding[]> {
  const finding = findingsOf(host, "layer");
  const mend = "make refresh, then make up";
  const kind = implementations[implementation];
  if (kind === undefined)
    return [finding(name, { expected: "a kind that this program has", found: implementation, mend: "make up" })];
  const seen = await kind.read(id, state).catch((error: unknown) => error as Error);
  if (seen instanceof Error)
    return [finding(name, { expected: "what its state has", found: `what cannot be read: ${seen.message}`, mend })];
  const { props } = seen as { props?: Record<string, unknown> };
  if (props === undefined) return [finding(name, { expected: "what its state has", found: "nothing", mend })];
  return Object.entries(props)
    .filter(([property]) => !INTERNAL.has(property))
    .flatMap(([property, value]) => differences(property, state[property], value))
    .map(({ path, expected, found }) =>
      finding(`${name}/${path}`, { expected: quoted(expected), found: quoted(found), mend }),
    );
}

interface Difference {
  /** Names of properties, with dots between them. */
  path: string;
  expected: unknown;
  found: unknown;
}

/** A record's are those of its keys: one option out of thirty would be lost in the quote of them all. */
function differences(path: string, expected: unknown, found: unknown): Difference[] {
  if (isDeepStrictEqual(expected, found)) return [];
  if (!isRecord(expected) || !isRecord(found)) return [{ path, expected, found }];
  const keys = [...new Set([...Object.keys(expected), ...Object.keys(found)])];
  return keys.flatMap((key) => differences(`${path}.${key}`, expected[key], found[key]));
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const quoted = (value: unknown): string => {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text;
};
