import { reach, Transport } from "@vpai/providers";
import { backupJobName } from "../programs/backup";
import { declarationOf } from "./audit/declared/declaration";
import type { Declared } from "./audit/declared/declared";
import { look } from "./audit/look";
import { speaksSsh } from "./audit/probes";
import { type SafetyRow, safetyOf } from "./audit/safety";
import { declaredStack } from "./audit/stack";
import { safetyHere } from "./audit/this-machine";
import { backupUnitOf } from "./backups/host";
import type { DeployedHost } from "./stack/hosts";
import { chosenStack, main } from "./stack/pulumi";
import { SECONDS } from "./reach/probe";
import { chosenHost } from "./scope/choice";
import { table } from "./terminal/table";

/** `make safety-check [HOST=…]`: whether this is a good moment for a change. Ends with 1 where it is not. */
main(async () => {
  const { HOST: wanted } = process.env;
  const name = chosenStack();
  const stack = await declaredStack(name);
  if (wanted) chosenHost(wanted, stack.deployed);
  const chosen = Object.entries(stack.deployed).filter(([host]) => !wanted || host === wanted);
  const found = await Promise.all([
    safetyHere(name),
    ...chosen.map(async ([host, deployed]) => rowsOf(await declarationOf(host, stack), deployed)),
  ]);
  const rows = found.flat();
  const cells = rows.map(({ where, check, found: what, mend = "" }) => [where, check, what, mend]);
  console.log(table(["where", "check", "found", "to do"], cells));
  const wrong = rows.filter(({ mend }) => mend !== undefined).length;
  console.log(wrong === 0 ? "\nNothing speaks against a change." : `\n${wrong} to do before a change.`);
  return wrong === 0 ? 0 : 1;
});

async function rowsOf(declared: Declared, { unreachable = "fail", ...deployed }: DeployedHost): Promise<SafetyRow[]> {
  const { host, connection, publicAddress } = declared;
  const login = { where: host, check: "login" };
  const reached = await reach(connection, SECONDS[unreachable]);
  if (reached.outcome !== "reached") {
    const found = `${reached.outcome}: ${reached.why.split("\n")[0] ?? ""}`;
    const isDeferred = reached.outcome === "away" && unreachable === "defer";
    return [{ ...login, found, ...(isDeferred ? {} : { mend: "docs/runbook.md#a-host-is-away" }) }];
  }
  const transport = new Transport(connection);
  try {
    const asked = Date.now() / 1000;
    const seen = await look(transport, declared);
    const now = Date.now() / 1000;
    const backupJob = backupUnitOf(host, deployed) === undefined ? undefined : backupJobName(host);
    const sshOutside = await speaksSsh(publicAddress, connection.port);
    const moment = { asked, now, backupJob, sshOutside };
    return [{ ...login, found: "lets us in" }, ...safetyOf(declared, seen.condition, moment)];
  } finally {
    transport.close();
  }
}
