import type { Verdict } from "../../model/proof";
import type { Placed, PlacedProof } from "../../platforms/logins";
import { table } from "../terminal/table";
import { type Count, nameOf } from "./counter";

/** One login of a secret: what the program says to the new value, and to the old one once that is over. */
interface Proven {
  placed: PlacedProof;
  accepted: Verdict;
  refused?: Verdict;
}

/** What is known of a secret at the end. */
export interface Outcome {
  name: string;
  /** Services, whose sites are asked meanwhile. */
  takers: readonly Placed[];
  /** All that has it, as people know it. */
  takenBy: readonly string[];
  proven: readonly Proven[];
  /** Of requests to its takers' sites; undefined where none has a site. */
  count: Count | undefined;
}

/** Whether the new value is in force, as far as it can be tried. */
export const isTaken = ({ proven }: Outcome): boolean => proven.every(({ accepted }) => accepted === "accepted");

/** Whether the old one is not, as far as it can be tried. */
export const isOver = ({ proven }: Outcome): boolean => proven.every(({ refused }) => refused === "refused");

/** A table of rotated secrets; no value is in it. */
export const outcomeTable = (outcomes: readonly Outcome[]): string =>
  table(
    ["secret", "taken by", "new value", "old value", "failed requests"],
    outcomes.map((outcome) => [
      outcome.name,
      outcome.takenBy.join(", "),
      verdicts(outcome, ({ accepted }) => accepted),
      verdicts(outcome, ({ refused }) => refused),
      outcome.count === undefined ? "no site" : `${outcome.count.failed} of ${outcome.count.asked}`,
    ]),
  );

/** What was not proven, a line each. */
export const faultsIn = (outcomes: readonly Outcome[]): string[] =>
  outcomes.flatMap(({ name, proven }) =>
    proven.flatMap(({ placed, accepted, refused }) => [
      ...(accepted === "accepted" ? [] : [faultOf(name, placed, "the new value accepted", accepted)]),
      ...(refused === undefined || refused === "refused"
        ? []
        : [faultOf(name, placed, "the old value refused", refused)]),
    ]),
  );

const faultOf = (name: string, placed: PlacedProof, expected: string, found: Verdict): string =>
  `${name}, ${placed.proof.as} of ${nameOf(placed)}: expected ${expected}, found ${textOf(found)}`;

const textOf = (verdict: Verdict): string =>
  typeof verdict === "string" ? verdict : `that nobody can tell: ${verdict.unclear}`;

function verdicts({ proven }: Outcome, of: (one: Proven) => Verdict | undefined): string {
  if (proven.length === 0) return "no login to try";
  const words = proven.map((one) => {
    const verdict = of(one);
    const word = verdict === undefined ? "not tried" : typeof verdict === "string" ? verdict : "UNCLEAR";
    return `${word} (${one.placed.proof.as} of ${one.placed.service.name})`;
  });
  return words.join(", ");
}
