import { closest } from "../../config/suggestion";
import { type Finding, problemsOf } from "../../model/finding";
import { refusalOf } from "../../model/secret";
import type { StackSecret } from "../secrets/state";
import { type DescribedStack, takerNames } from "./stack";

/** What `make rotate` is told by its variables. */
interface Given {
  SECRET?: string | undefined;
  ALL?: string | undefined;
}

/** A secret that is left as it is, and why. */
interface Left {
  name: string;
  reason: string;
}

/** What a rotation is to do. */
interface Plan {
  rotated: readonly StackSecret[];
  /** Of all secrets, those that are none of it. */
  left: readonly Left[];
}

/**
 * What SECRET names, some with commas between them, or all that can be rotated without a person's word.
 * @param made values that the stack has made, by name
 * @throws UserError with every name that is none, or that cannot be rotated and why
 */
export function planOf(
  { SECRET, ALL }: Given,
  described: DescribedStack,
  made: Readonly<Record<string, string>>,
): Plan {
  const reasons = described.secrets.map((secret) => ({ secret, reason: reasonOf(secret, described, made) }));
  if (!SECRET && ALL === "1") return all(reasons);
  const names = (SECRET ?? "").split(",").map((name) => name.trim());
  if (SECRET && ALL) throw problemsOf(TITLE, [{ ...ONE_OF_BOTH, found: "both" }]);
  if (!SECRET) throw problemsOf(TITLE, [{ ...ONE_OF_BOTH, found: ALL ? `ALL=${ALL}` : "neither" }]);
  const known = described.secrets.map(({ declaration }) => declaration.name);
  const problems = names.flatMap((name): Finding[] => {
    const found = reasons.find(({ secret }) => secret.declaration.name === name);
    if (found === undefined) return [unknown(name, known)];
    const { reason } = found;
    return reason === undefined ? [] : [refused(name, reason)];
  });
  if (problems.length > 0) throw problemsOf(TITLE, problems);
  return {
    rotated: reasons.map(({ secret }) => secret).filter(({ declaration }) => names.includes(declaration.name)),
    left: [],
  };
}

type Reasoned = { secret: StackSecret; reason: string | undefined };

/** What a person has to give is not for a run that nobody sits at. */
function all(reasons: readonly Reasoned[]): Plan {
  const left = reasons.flatMap(({ secret: { declaration }, reason }): Left[] => {
    const { name, origin } = declaration;
    const why = reason ?? (origin === "supplied" ? `a person gives it: make rotate SECRET=${name}` : undefined);
    return why === undefined ? [] : [{ name, reason: why }];
  });
  const names = new Set(left.map(({ name }) => name));
  return {
    rotated: reasons.map(({ secret }) => secret).filter(({ declaration }) => !names.has(declaration.name)),
    left,
  };
}

/** Why a secret is not rotated; undefined for one that can be. */
function reasonOf(
  { declaration, state }: StackSecret,
  described: DescribedStack,
  made: Readonly<Record<string, string>>,
): string | undefined {
  const fixed = refusalOf(declaration);
  if (fixed !== undefined) return fixed;
  const { name } = declaration;
  if (takerNames(declaration, described).length === 0) return "no program of this stack takes it";
  if (state === "set" || (state === "made" && made[name] !== undefined)) return undefined;
  return state === "made" ? "there is no value yet: make up makes the first one" : "it has no value: make secrets";
}

const TITLE = "What the command was given";

const ONE_OF_BOTH = {
  where: "SECRET, ALL",
  expected: "the name of a secret, or ALL=1",
  mend: "make rotate SECRET=<name>; make secrets lists them",
};

const unknown = (name: string, known: readonly string[]): Finding => ({
  where: "SECRET",
  expected: `a secret of the stack: ${known.join(", ")}`,
  found: JSON.stringify(name),
  mend: closest(name, known).replace("rename it to", "did you mean"),
});

const refused = (name: string, reason: string): Finding => ({
  where: "SECRET",
  expected: "a secret that can be rotated",
  found: reason.startsWith("secrets:") ? reason : `secrets:${name}: ${reason}`,
  mend: "leave it as it is; nothing was changed",
});
