import { Transport } from "@vpai/providers";
import { bringSet } from "./backups/bring";
import { CopiesElsewhere } from "./backups/elsewhere";
import { BackupProgram, unitOfHost } from "./backups/host";
import { ageOf } from "./backups/manifest";
import { isMeant } from "./terminal/confirm";
import { deployedHosts } from "./stack/hosts";
import { chosenStack, main } from "./stack/pulumi";
import { smokeFaults } from "./releases/smoke";
import { runRemote } from "./terminal/remote";
import { chosenSet } from "./restore/chosen";
import { extract, type SetOnHost, tryTarget } from "./restore/extract";
import { choiceOf } from "./scope/choice";

/**
 * `make restore HOST=… [SERVICE=…] [AT=…] [YES=1]`: shows what bringing a set back replaces, and does it when told so. Without SERVICE
 * it is all of the host. What was in use is put aside. A set that the host has no more comes from the copies elsewhere.
 * With `TO=…`, a folder of the host, the set is laid out there to look at; nothing is replaced.
 */
main(async () => {
  const stack = chosenStack();
  const hosts = await deployedHosts(stack);
  const names = Object.fromEntries(Object.entries(hosts).map(([name, { services }]) => [name, Object.keys(services)]));
  const choice = choiceOf(process.env, names);
  if (choice === undefined)
    throw new Error("expected the host whose data come back in HOST, or a service in SERVICE, found neither");
  const { host, service } = choice;
  const { AT: at = "", TO: to = "" } = process.env;
  const unit = unitOfHost(host, hosts);
  const { connection } = hosts[host] as (typeof hosts)[string];
  const transport = new Transport(connection);
  try {
    const program = await BackupProgram.of(transport, unit);
    const elsewhere = CopiesElsewhere.of(hosts);
    const chosen = await chosenSet({ host, at }, await program.manifests(), () => Promise.resolve(elsewhere?.copies()));
    const { set, started } = chosen;
    const there = { connection, program, set, service };
    const refused = to === "" ? 0 : await tryTarget(there, to, chosen.elsewhere?.bytes);
    if (refused !== 0) return refused;
    if (elsewhere !== undefined && chosen.elsewhere !== undefined) {
      console.log(
        `${set} is among the copies elsewhere alone: it is brought to ${host} first, and kept with its sets.`,
      );
      await bringSet(await elsewhere.given({ host, set, bytes: chosen.elsewhere.bytes }), { connection, program });
    }
    console.log(`${service ?? "everything"} on ${host} as of ${started}, ${ageOf(started, new Date())} ago (${set}):`);
    if (to !== "") return await extract(there, to);
    const code = await replace(there);
    return code === 0 ? answers(await smokeFaults(stack, host, service, transport)) : (code ?? 0);
  } finally {
    transport.close();
  }
});

/** Says what that means, asks, and does it. @returns the exit code; undefined where it is not meant */
async function replace({ connection, program, set, service }: SetOnHost): Promise<number | undefined> {
  console.log((await program.what(set, service)).map((line) => `  ${line}`).join("\n"));
  if (await isMeant()) return runRemote(connection, program.command("restore", set, ...(service ? [service] : [])));
  console.log("Nothing was changed: YES=1 does it.");
  return undefined;
}

/** Tells whether sites answer as they did in the last `up`. @returns the exit code */
function answers(faults: readonly string[]): number {
  if (faults.length === 0) {
    console.log("What answers requests, answers as it has to.");
    return 0;
  }
  console.error(`The data are back, and not all answers are right:\n  ${faults.join("\n  ")}`);
  return 1;
}
