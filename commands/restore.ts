import { Transport } from "@vpai/providers";
import { bringSet } from "./backups/bring";
import { CopiesElsewhere } from "./backups/elsewhere";
import { backupUnitOf, BackupProgram } from "./backups/host";
import { ageOf } from "./backups/manifest";
import { isMeant } from "./confirm";
import { deployedHosts } from "./hosts";
import { chosenStack, main } from "./pulumi";
import { smokeFaults } from "./releases/smoke";
import { runRemote } from "./remote";
import { chosenSet } from "./restore/chosen";
import { choiceOf } from "./scope/choice";

/**
 * `make restore HOST=… [SERVICE=…] [AT=…] [YES=1]`: shows what bringing a set back replaces, and does it when told so. Without SERVICE
 * it is all of the host. What was in use is put aside. A set that the host has no more comes from the copies elsewhere.
 */
main(async () => {
  const stack = chosenStack();
  const hosts = await deployedHosts(stack);
  const names = Object.fromEntries(Object.entries(hosts).map(([name, { services }]) => [name, Object.keys(services)]));
  const choice = choiceOf(process.env, names);
  if (choice === undefined)
    throw new Error("expected the host whose data come back in HOST, or a service in SERVICE, found neither");
  const { host, service } = choice;
  const { connection, ...described } = hosts[host] as (typeof hosts)[string];
  const unit = backupUnitOf(host, described);
  if (unit === undefined) throw new Error(`${host}: expected a host with backups, found none there`);
  const transport = new Transport(connection);
  try {
    const program = await BackupProgram.of(transport, unit);
    const elsewhere = CopiesElsewhere.of(hosts);
    const asked = { host, at: process.env["AT"] ?? "" };
    const chosen = await chosenSet(asked, await program.manifests(), () => Promise.resolve(elsewhere?.copies()));
    const { set, started } = chosen;
    if (elsewhere !== undefined && chosen.elsewhere !== undefined) {
      console.log(
        `${set} is among the copies elsewhere alone: it is brought to ${host} first, and kept with its sets.`,
      );
      await bringSet(await elsewhere.given({ host, set, bytes: chosen.elsewhere.bytes }), { connection, program });
    }
    const title = `${service ?? "everything"} on ${host} as of ${started}, ${ageOf(started, new Date())} ago (${set}):`;
    console.log([title, ...(await program.what(set, service)).map((line) => `  ${line}`)].join("\n"));
    if (!(await isMeant())) {
      console.log("Nothing was changed: YES=1 does it.");
      return 0;
    }
    const what = service === undefined ? [] : [service];
    const code = await runRemote(connection, program.command("restore", set, ...what));
    return code === 0 ? answers(await smokeFaults(stack, host, service, transport)) : code;
  } finally {
    transport.close();
  }
});

/** Tells whether sites answer as they did in the last `up`. @returns the exit code */
function answers(faults: readonly string[]): number {
  if (faults.length === 0) {
    console.log("What answers requests, answers as it has to.");
    return 0;
  }
  console.error(`The data are back, and not all answers are right:\n  ${faults.join("\n  ")}`);
  return 1;
}
