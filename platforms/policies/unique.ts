import type { Finding } from "../../model/finding";

/** That something belongs to somebody. */
export type Claim = readonly [what: string, by: string];

/** A finding for everything that is claimed more than once; its place names all claimants. */
export function unique(claims: readonly Claim[], found: (what: string) => string, mend: string): Finding[] {
  const claimants = new Map<string, string[]>();
  for (const [what, by] of claims) claimants.set(what, [...(claimants.get(what) ?? []), by]);
  return [...claimants]
    .filter(([, by]) => by.length > 1)
    .map(([what, by]) => ({
      where: [...new Set(by)].join(", "),
      expected: "one alone",
      found: found(what),
      mend,
    }));
}
