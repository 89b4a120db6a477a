import { appendFileSync, existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { copiesDirectory, copyCheckout, copyDirectory } from "./copy";
import { Lab } from "./lab";

/** Name of the copy whose lab the test files of one run share. */
const SHARED = "shared";

/** What the shared lab's `make up` printed, all of this run. */
export const upLog = path.join(copiesDirectory, "shared.up.log");

/**
 * The lab that test files share: brought up by the first one that asks, and put back to the checkout's state for each
 * further one, whatever the one before left.
 */
export async function sharedLab(): Promise<Lab> {
  await copyCheckout(SHARED);
  const lab = Lab.existing(SHARED);
  const { all } = await lab.makeSucceed("up");
  appendFileSync(upLog, all);
  return lab;
}

/** The log of the shared lab's `make up` runs. @throws when there was none */
export function upOutput(): string {
  if (!existsSync(upLog)) throw new Error(`${copyDirectory(SHARED)} was not brought up`);
  return readFileSync(upLog, "utf8");
}
