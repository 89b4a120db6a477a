import { isDeepStrictEqual } from "node:util";
import type { PreviewStep, ResourceState } from "./preview";
import { childPath, isObject, parsePath, valueAt } from "./property-path";

/** A property that changes; `undefined` stands for absent. */
export interface PropertyChange {
  path: string;
  from: unknown;
  to: unknown;
  /** Another spelling of the same: another order of a list, or a default that is written out. Shown if nothing else is. */
  weak: boolean;
}

/** What differs of a resource. */
export interface PropertyChanges {
  properties: PropertyChange[];
  /** A dynamic resource's serialised provider differs. The text is long and says nothing, so it is never shown. */
  providerCode: boolean;
}

/** Property that carries a dynamic resource's serialised provider. */
const PROVIDER_CODE = "__provider";

type Values = Record<string, unknown>;

/**
 * What changes between the states of a step.
 *
 * The program's old and new inputs come first: providers also name computed properties that merely look different
 * (an image's defaults, say). Only where the inputs are equal has the real thing drifted, and what the provider names
 * is shown against what was last seen of it.
 */
export function propertyChanges(step: PreviewStep): PropertyChanges {
  const from = inputsOf(step.oldState);
  const to = inputsOf(step.newState);
  const changed = differences("", from.shown, to.shown);
  const strong = changed.filter(({ weak }) => !weak);
  const properties = [strong, drift(step), changed].find((list) => list.length > 0) ?? [];
  if (step.oldState && step.newState && step.oldState.protect !== step.newState.protect) {
    properties.push({
      path: "protect",
      from: step.oldState.protect === true,
      to: step.newState.protect === true,
      weak: false,
    });
  }
  return { properties, providerCode: from.code !== undefined && to.code !== undefined && from.code !== to.code };
}

function inputsOf(state: ResourceState | null | undefined): { shown: Values; code: unknown } {
  const entries = Object.entries(state?.inputs ?? {});
  return {
    shown: Object.fromEntries(entries.filter(([key]) => !isInternal(key))),
    code: state?.inputs?.[PROVIDER_CODE],
  };
}

const isInternal = (path: string): boolean => String(parsePath(path)[0]).startsWith("__");

function drift(step: PreviewStep): PropertyChange[] {
  if (!step.oldState || !step.newState) return [];
  const { outputs } = step.oldState;
  const { inputs } = step.newState;
  const named = Object.keys(step.detailedDiff ?? {});
  const paths = [named, step.diffReasons ?? [], step.replaceReasons ?? []].find((list) => list.length > 0) ?? [];
  return [...paths]
    .filter((path) => !isInternal(path))
    .sort(compare)
    .map((path) => ({ path, from: valueAt(outputs, path), to: valueAt(inputs, path), weak: false }));
}

/** The deepest paths at which two values differ, in order. */
export function differences(path: string, from: unknown, to: unknown): PropertyChange[] {
  if (isDeepStrictEqual(from, to)) return [];
  if (Array.isArray(from) && Array.isArray(to)) return listDifferences(path, from, to);
  if (!isMap(from) || !isMap(to)) return [{ path, from, to, weak: sameMeaning(from, to) }];
  const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort(compare);
  return keys.flatMap((key) => differences(childPath(path, key), valueOf(from, key), valueOf(to, key)));
}

const isMap = (value: unknown): value is object => isObject(value) && !Array.isArray(value);

/** What a list has lost and gained; most lists of providers are sets that are read back in another order. */
function listDifferences(path: string, from: readonly unknown[], to: readonly unknown[]): PropertyChange[] {
  const gone = withoutEqual(from, to);
  const fresh = withoutEqual(to, from);
  if (gone.length === 0 && fresh.length === 0) return [{ path, from, to, weak: true }];
  return Array.from({ length: Math.max(gone.length, fresh.length) }, (_, position) => {
    const [old, next] = [gone[position], fresh[position]];
    return differences(childPath(path, next?.index ?? old?.index ?? 0), old?.value, next?.value);
  }).flat();
}

/** The elements of a list that the other one does not have as often. */
function withoutEqual(list: readonly unknown[], other: readonly unknown[]): { index: number; value: unknown }[] {
  const left = [...other];
  return list.flatMap((value, index) => {
    const match = left.findIndex((element) => sameMeaning(element, value));
    if (match === -1) return [{ index, value }];
    left.splice(match, 1);
    return [];
  });
}

const sameMeaning = (one: unknown, other: unknown): boolean =>
  isDeepStrictEqual(withoutDefaults(one), withoutDefaults(other));

/** Providers write out what is empty or off where the program says nothing. */
function withoutDefaults(value: unknown): unknown {
  if (value === null || value === false || value === "") return undefined;
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(withoutDefaults);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, element]) => [key, withoutDefaults(element)] as const);
  const set = entries.filter(([, element]) => element !== undefined);
  return set.length === 0 ? undefined : Object.fromEntries(set);
}

const valueOf = (holder: object, key: string): unknown =>
  Object.hasOwn(holder, key) ? (holder as Values)[key] : undefined;

/** Order of paths and names: by character and by number, the same on every machine. */
export const compare = (one: string, other: string): number =>
  one.localeCompare(other, "en", { numeric: true, sensitivity: "variant" }) || (one < other ? -1 : Number(one > other));
