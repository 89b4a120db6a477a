import { existsSync } from "node:fs";
import path from "node:path";
import { LOCK_FILE, readLock, writeLock } from "../images/lock";
import { allServices } from "../platforms";
import { projectRoot } from "../toolchain/environment";
import { askRegistry } from "./images-lock/ask";
import { stackLogins } from "./images-lock/logins";
import { wantedReferences } from "./images-lock/references";
import { askAll, type Outcome, refreshed, stateOf } from "./images-lock/refresh";
import { chosenStack, main } from "./stack/pulumi";
import { flagOf } from "./terminal/flag";
import { table } from "./terminal/table";

/** A variable of make (`make images-lock CHECK=1`). */
const setting = (name: string): string | undefined => process.env[name] || undefined;

/**
 * `make images-lock`: writes down which content the registries have under the tags of all images.
 * STACK=<stack> asks with that stack's logins at registries. CHECK=1 writes nothing. MIRROR=<address> is asked in place of every image's own registry, LOCK=<file> is the file.
 * Exit code 1 when a registry did not answer for an image; with CHECK=1 also when the file is not what it would become.
 */
main(async () => {
  const [check, mirror] = [flagOf("CHECK"), setting("MIRROR")];
  const file = path.resolve(setting("LOCK") ?? LOCK_FILE);
  if (mirror !== undefined && file === LOCK_FILE && !check) {
    throw new Error("expected LOCK=<another file> beside MIRROR: production pulls from its own registries");
  }
  const lock = existsSync(file) ? readLock(file) : {};
  const logins = mirror === undefined ? await stackLogins(chosenStack(), projectRoot) : new Map<string, never>();
  const outcomes = await askAll(wantedReferences(allServices, projectRoot), lock, (reference) =>
    askRegistry(reference, logins, mirror),
  );
  const unused = Object.keys(lock).filter((reference) => !outcomes.some((one) => one.reference === reference));
  if (!check) writeLock(refreshed(outcomes), file);
  console.log(describe(outcomes, unused, check));
  const problems = outcomes.flatMap(({ reference, problem }) =>
    problem === undefined ? [] : [{ reference, problem }],
  );
  for (const { reference, problem } of problems) console.error(`${reference}: ${problem}`);
  if (problems.length > 0) return 1;
  return check && (unused.length > 0 || outcomes.some((one) => stateOf(one) !== "same")) ? 1 : 0;
});

function describe(outcomes: readonly Outcome[], unused: readonly string[], check: boolean): string {
  const rows = outcomes.map((one) => {
    const image = one.found ?? one.before;
    return [one.reference, stateOf(one), image?.digest ?? "", image?.architectures.join(" ") ?? ""];
  });
  const others = unused.map((reference) => [reference, check ? "unused" : "removed", "", ""]);
  return table(["image", "lock", "digest", "architectures"], [...rows, ...others]);
}
