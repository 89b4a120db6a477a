import { setTimeout as sleep } from "node:timers/promises";
import { type ErrorHookArgs, log } from "@pulumi/pulumi";
import { explainSsh, isOutage, isStranger, Outage, removeLeftover, throughOutages } from "@vpai/providers";
import { endProgram } from "./end-program";
import type { FindRunner, Named } from "./leftovers";

/** How often a removal and a creation are tried again, and after how many milliseconds. */
const TRIES = { removals: 5, creations: 1, pause: 3000 };

/**
 * What an error hook does: it tells whether the engine shall try a failed removal or creation again.
 * @param givenUp is called when the object could not be created for good
 */
export const tryAgain = (
  target: Named,
  runner: FindRunner,
  givenUp: () => Promise<void>,
): ((failure: Pick<ErrorHookArgs, "failedOperation" | "errors">) => Promise<boolean>) => {
  const outage = new Outage();
  return async ({ failedOperation, errors }) => {
    if (failedOperation === "delete") return removeAgain(target.name, errors, outage);
    if (failedOperation !== "create") return false;
    if (await createAgain(target, runner, errors, outage)) return true;
    await givenUp();
    return false;
  };
};

/** Errors that count: a lost connection says nothing about what was asked. @param errors the newest first */
const counted = (errors: readonly string[]): number => errors.filter((error) => !isOutage(error)).length;

/** The error in words for people. */
const said = ([error = ""]: readonly string[]): string => explainSsh(error) ?? error;

/**
 * Whether the engine shall try again what failed so: what a lost connection cut short as long as a host is waited for,
 * what another machine may have answered never, everything else as often as given. @param errors the newest first
 */
async function mayTryAgain(errors: readonly string[], tries: number, outage: Outage): Promise<boolean> {
  if (isOutage(errors[0] ?? "")) return outage.wait();
  if (isStranger(errors[0] ?? "") || counted(errors) > tries) return false;
  await sleep(TRIES.pause);
  return true;
}

/** Whether the engine shall try a failed removal again; one that fails for good ends the program. */
async function removeAgain(what: string, errors: readonly string[], outage: Outage): Promise<boolean> {
  if (await mayTryAgain(errors, TRIES.removals, outage)) return true;
  await log.error(`${what} could not be removed for its replacement: ${said(errors)}; run up again`);
  endProgram();
  return false;
}

/**
 * Whether the engine shall try a failed creation again: a busy machine now and then fails to start a container that it
 * starts at the second try. What the first one left goes away, since its name is taken.
 */
async function createAgain(
  target: Named,
  runner: FindRunner,
  errors: readonly string[],
  outage: Outage,
): Promise<boolean> {
  if (!(await mayTryAgain(errors, TRIES.creations, outage))) return false;
  await log.warn(`${target.name} could not be created and is tried again: ${said(errors)}`);
  try {
    await throughOutages(async () => removeLeftover(await runner(), target));
    return true;
  } catch (error) {
    await log.warn(`${target.name} cannot be tried again: ${(error as Error).message}`);
    return false;
  }
}
