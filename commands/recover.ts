import { Transport } from "@vpai/providers";
import { backupUnitOf, BackupProgram } from "./backups/host";
import { ageOf } from "./backups/manifest";
import { copyOf, giveCommand, offsiteHost, offsiteOn, offsiteUnit } from "./backups/offsite";
import { isMeant } from "./confirm";
import { deployedHosts } from "./hosts";
import { chosenStack, main } from "./pulumi";
import { transfer } from "./recovery/transfer";
import { runRemote } from "./remote";
import { chosenHost } from "./scope/choice";

/**
 * `make recover HOST=… [AT=…] [YES=1]`: brings a copy of a host's set back from elsewhere, as after the loss of its computer, and has all
 * that is in it brought back there. What was in use is put aside, as by `make restore`.
 */
main(async () => {
  const hosts = await deployedHosts(chosenStack());
  const { HOST: name = "", AT: at = "" } = process.env;
  const { connection, ...described } = chosenHost(name, hosts);
  const unit = backupUnitOf(name, described);
  const [, hub] = offsiteHost(hosts) ?? [];
  if (unit === undefined || hub === undefined)
    throw new Error(`${name}: expected copies of its backups elsewhere, found none (docs/backups.md#copies-elsewhere)`);
  const [there, here] = [new Transport(hub.connection), new Transport(connection)];
  try {
    const { copies } = await offsiteOn(there);
    const { set, time } = copyOf(copies, name, at);
    const program = await BackupProgram.of(here, unit);
    const isHere = (await program.manifests()).some((manifest) => manifest.set === set);
    console.log(`everything on ${name} as of ${time}, ${ageOf(time, new Date())} ago (${set}, from elsewhere)`);
    if (!(await isMeant())) {
      console.log("Nothing was changed: YES=1 does it.");
      return 0;
    }
    const from = { connection: hub.connection, argv: giveCommand(await offsiteUnit(there), name, set) };
    const to = { connection, argv: program.command("accept", set) };
    if (!isHere && !(await transfer(from, to)))
      throw new Error(`${name}: ${set} could not be brought there; nothing was changed`);
    return await runRemote(connection, program.command("restore", set));
  } finally {
    there.close();
    here.close();
  }
});
