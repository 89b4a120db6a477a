import { reboot, rebootReasons, Transport } from "@vpai/providers";
import { isMeant } from "./terminal/confirm";
import { deployedHosts } from "./stack/hosts";
import { chosenStack, main } from "./stack/pulumi";
import { unwell } from "./reboot/healthy";
import { secondsOf } from "./reboot/seconds";
import { chosenHost } from "./scope/choice";

/**
 * `make reboot HOST=… [YES=1] [WAIT=600]`: says why the host wants one, reboots it when told so, and waits until it lets us in and all
 * of its services are well again.
 */
main(async () => {
  const stack = chosenStack();
  const patience = secondsOf(process.env["WAIT"]);
  const hosts = await deployedHosts(stack);
  const host = chosenHost(process.env["HOST"], hosts);
  const { connection, services } = host;
  const name = process.env["HOST"] ?? "";
  const before = new Transport(connection);
  const reasons = await rebootReasons(before).finally(() => before.close());
  const what = Object.keys(services).length;
  console.log(`${name} ${reasons.length === 0 ? "wants no reboot" : `wants a reboot: ${reasons.join("; ")}`}.`);
  console.log(`Its ${what} services are away until it is back.`);
  if (!(await isMeant())) {
    console.log("Nothing was changed: YES=1 does it.");
    return 0;
  }
  console.log(`${name} let us in again after ${(await reboot(connection, patience)).toFixed(0)} s`);
  const after = new Transport(connection);
  const [bad, still] = await Promise.all([unwell(after, host, patience), rebootReasons(after)]).finally(() =>
    after.close(),
  );
  if (bad.length > 0)
    throw new Error(`${name}: expected all services well within ${patience} s of its return, found ${bad.join(", ")}`);
  for (const reason of still) console.log(`It still wants a reboot: ${reason}`);
  console.log(
    `All of its services are well. What its sites answer is checked by: make up${stack === "lab" ? "" : ` STACK=${stack}`}`,
  );
  return 0;
});
