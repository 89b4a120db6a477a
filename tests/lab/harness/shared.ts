import { appendFileSync, existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { copiesDirectory, copyCheckout, copyDirectory } from "./copy";
import { Lab } from "./lab";

/** What the shared lab's `make up` printed, all of this run. */
export const upLog = path.join(copiesDirectory, "shared.up.log");

/**
 * The lab that test files share: brought up by the first one that asks, and put back to the checkout's state for each
 * further one, whatever the one before left.
 */
export async function sharedLab(): Promise<Lab> {
  const { lab, output } = await broughtUp("shared", "up");
  appendFileSync(upLog, output);
  return lab;
}

/** The same with every service of the platform: a lab of its own, beside the small one. */
export async function sharedLabOfAll(): Promise<Lab> {
  return (await broughtUp("all", "up SERVICES=all")).lab;
}

/** The same with the core and the hub of the VPN. */
export async function sharedLabOfHub(): Promise<Lab> {
  return (await broughtUp("hub", "up SERVICES=core,vpn")).lab;
}

async function broughtUp(name: string, target: string): Promise<{ lab: Lab; output: string }> {
  copyCheckout(name);
  const lab = Lab.existing(name);
  const { all } = await lab.makeSucceed(target);
  return { lab, output: all };
}

/** The log of the shared lab's `make up` runs. @throws when there was none */
export function upOutput(): string {
  if (!existsSync(upLog)) throw new Error(`${copyDirectory("shared")} was not brought up`);
  return readFileSync(upLog, "utf8");
}
