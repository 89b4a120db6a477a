import { isDeepStrictEqual } from "node:util";

/** What every resource may have, whatever its kind: Pulumi's own `__provider`, and the name. Never a difference. */
const INTERNAL = new Set(["__provider", "resource"]);

/** What a kind says of its inputs that decides which differences count. */
interface InputRules {
  /** Inputs that states of older programs lack; that alone is no difference. */
  added?: readonly string[];
  /** Inputs that the state never has. */
  transient?: readonly string[];
  /** Inputs that may be left out, and are then not what the state has. */
  optional?: readonly string[];
}

/** Names of the inputs that differ from the state; what only the state has is none, but for an input that was left out. */
export const differences = (
  { added = [], transient = [], optional = [] }: InputRules,
  olds: object,
  news: object,
): string[] => {
  const given: object = { ...Object.fromEntries(optional.map((property) => [property, undefined])), ...news };
  return Object.entries(given)
    .filter(([property]) => !INTERNAL.has(property) && !transient.includes(property))
    .filter(([property]) => property in olds || !added.includes(property))
    .filter(([property, value]) => !isDeepStrictEqual(plain(olds[property as keyof typeof olds]), plain(value)))
    .map(([property]) => property);
};

/** What the state keeps. */
export const withoutTransient = ({ transient = [] }: InputRules, state: object): object =>
  Object.fromEntries(Object.entries(state).filter(([property]) => !transient.includes(property)));

/** Values as they travel: `undefined` members are not there. */
const plain = (value: unknown): unknown =>
  value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);

/** Pulumi's marker for a value that a preview does not know yet. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Whether inputs have a value that only the run will know. */
export const containsUnknown = (inputs: object): boolean => JSON.stringify(inputs).includes(UNKNOWN);
