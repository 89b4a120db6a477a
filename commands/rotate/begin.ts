import type { SecretDeclaration } from "../../model/secret";
import { asking } from "../secrets/prompt";
import { generate, givenValue } from "../secrets/sources";
import { writeSecret } from "../secrets/stack-file";
import type { StackSecret } from "../secrets/state";
import { notePending, noteRotations, type Pending } from "./pending";
import type { DescribedStack } from "./stack";

/**
 * Notes the old values, encrypted, before there are new ones.
 * @param made values that the stack has made
 * @returns all that is under way
 */
export async function begin(
  stack: string,
  secrets: readonly StackSecret[],
  { config }: DescribedStack,
  made: Readonly<Record<string, string>>,
): Promise<Pending> {
  const fresh = secrets.filter(({ declaration }) => config.rotating[declaration.name] === undefined);
  const pending: Pending = { ...config.rotating };
  for (const {
    declaration: { name },
    value,
  } of fresh) {
    const before = value ?? made[name] ?? "";
    pending[name] = value === undefined ? { before, rotation: (config.rotations[name] ?? 0) + 1 } : { before };
  }
  if (fresh.length > 0) await notePending(stack, pending);
  return pending;
}

/** Gives each secret that is being rotated its new value, unless it has one: an interrupted run may have done so. */
export async function renew(stack: string, { config, secrets }: DescribedStack, pending: Pending): Promise<void> {
  const counted: Record<string, number> = {};
  for (const {
    declaration: { name },
  } of secrets) {
    const { rotation } = pending[name] ?? {};
    if (rotation !== undefined && (config.rotations[name] ?? 0) < rotation) counted[name] = rotation;
  }
  await noteRotations(stack, counted);
  for (const { declaration, value } of secrets) {
    const { before, rotation } = pending[declaration.name] ?? {};
    if (rotation === undefined && before !== undefined && value === before)
      await writeSecret(stack, declaration.name, await newValue(declaration, before));
  }
}

/** @throws where a person has to give it, and nobody does */
async function newValue(declaration: SecretDeclaration, before: string): Promise<string> {
  const { name, origin } = declaration;
  const given = await givenValue(declaration, origin === "supplied" ? asking() : undefined);
  const value = given?.value ?? (origin === "random" ? generate(declaration) : undefined);
  if (value === undefined || value === before)
    throw new Error(
      `${name}: expected the new value, from where it is given out, found ${value === undefined ? "none" : "the old one"}: ` +
        `SECRET_${name}=… make rotate SECRET=${name}, or the same on a terminal; the old one stays in force`,
    );
  return value;
}
