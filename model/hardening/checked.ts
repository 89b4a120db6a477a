/** Where a value of the checklist comes from: the checklist for hosts, or what keeps one of its values true. */
type Origin = "checklist" | "own";

/** What one option of a hardened host is, as its program or kernel reports it. */
export interface CheckedValue {
  /** The effective value. */
  value: string;
  source: Origin;
  /** Other effective values that are at least as strict. Default: none. */
  accepts?: readonly string[];
  /** Why it is this value, where it is no plain "as strict as it gets", or not from the checklist. */
  reason?: string;
}

/** Options by name. */
export type Checklist<Name extends string = string> = Readonly<Record<Name, CheckedValue>>;

/** The checklist's value, and where the platform gives the host one of its own, that one. */
export const withOwn = (checked: CheckedValue, own: string | false | undefined): CheckedValue =>
  own === undefined || own === false || own === checked.value
    ? checked
    : { ...checked, accepts: [...new Set([...(checked.accepts ?? []), own])] };
