import { isDeepStrictEqual } from "node:util";
import type { PreviewStep, ResourceState } from "./preview";
import { childPath, isObject, parsePath, valueAt } from "./property-path";

/** A property that changes; `undefined` stands for absent. */
export interface PropertyChange {
  path: string;
  from: unknown;
  to: unknown;
}

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
  const properties = changed.length > 0 ? changed : drift(step);
  if (step.oldState && step.newState && step.oldState.protect !== step.newState.protect) {
    properties.push({ path: "protect", from: step.oldState.protect === true, to: step.newState.protect === true });
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
    .map((path) => ({ path, from: valueAt(outputs, path), to: valueAt(inputs, path) }));
}

/** The deepest paths at which two values differ, in order. */
export function differences(path: string, from: unknown, to: unknown): PropertyChange[] {
  if (isDeepStrictEqual(from, to)) return [];
  if (!isObject(from) || !isObject(to) || !sameShape(from, to)) return [{ path, from, to }];
  const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort(compare);
  return keys.flatMap((key) => {
    const child = Array.isArray(from) ? Number(key) : key;
    return differences(childPath(path, child), valueOf(from, key), valueOf(to, key));
  });
}

/** Lists of different length are one change: what follows an added element would look changed, too. */
const sameShape = (from: object, to: object): boolean =>
  Array.isArray(from) ? Array.isArray(to) && from.length === to.length : !Array.isArray(to);

const valueOf = (holder: object, key: string): unknown =>
  Object.hasOwn(holder, key) ? (holder as Values)[key] : undefined;

/** Order of paths and names: by character and by number, the same on every machine. */
export const compare = (one: string, other: string): number =>
  one.localeCompare(other, "en", { numeric: true, sensitivity: "variant" }) || (one < other ? -1 : Number(one > other));
