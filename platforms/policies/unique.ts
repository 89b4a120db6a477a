import type { Violation } from "./policy";

/** That something belongs to somebody. */
export type Claim = readonly [what: string, by: string];

/** A violation for everything that is claimed more than once; its place names all claimants. */
export function unique(claims: readonly Claim[], problem: (what: string) => string, mend: string): Violation[] {
  const claimants = new Map<string, string[]>();
  for (const [what, by] of claims) claimants.set(what, [...(claimants.get(what) ?? []), by]);
  return [...claimants]
    .filter(([, by]) => by.length > 1)
    .map(([what, by]) => ({ place: [...new Set(by)].join(", "), problem: problem(what), mend }));
}
