import { isDeepStrictEqual } from "node:util";
import { implementations } from "@vpai/providers";
import type { DeclaredLayer } from "./declared";
import { type AuditFinding, findingsOf } from "./finding";

/** Longest part of a value that is shown, in characters. */
const LONGEST_QUOTE = 200;

/** Never a difference: what Pulumi and the providers keep beside the properties. */
const INTERNAL = new Set(["__provider", "resource", "version", "connection"]);

/** What a layer of a host is otherwise than its state has it, property by property, as a refresh would see it. */
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
  const { props } = (await kind.read(id, state)) as { props?: Record<string, unknown> };
  if (props === undefined) return [finding(name, { expected: "what its state has", found: "nothing", mend })];
  return Object.entries(props)
    .filter(([property, value]) => !INTERNAL.has(property) && !isDeepStrictEqual(value, state[property]))
    .map(([property, value]) =>
      finding(`${name}/${property}`, { expected: quoted(state[property]), found: quoted(value), mend }),
    );
}

const quoted = (value: unknown): string => {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text;
};
