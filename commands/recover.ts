import { isMeant } from "./terminal/confirm";
import { isGood, returnReport, spanOf } from "./drill/report";
import { chosenStack, main } from "./stack/pulumi";
import { planOf } from "./recover/plan";
import { Recovery } from "./recover/recovery";

/**
 * `make recover HOST=… [AT=…] [YES=1]`: has a host back whose computer was lost, out of the copies elsewhere: its machine, its services,
 * its data, and the stack's state where that was lost, too. Says what it will do, and asks. Run again, it goes on.
 */
main(async () => {
  const stack = chosenStack();
  const { HOST: host = "", AT: at = "" } = process.env;
  const say = (text: string): void => console.log(text);
  const recovery = await Recovery.of({ stack, host, at, say });
  say(planOf(await recovery.known(), new Date()));
  if (!(await isMeant())) {
    say("Nothing was changed: YES=1 does it.");
    return 0;
  }
  const { host: returned, seconds } = await recovery.run();
  const good = `${host} is back, with everything as it was in the set, after ${spanOf(seconds)}.`;
  say(returnReport([returned], { good, bad: (findings) => `${host} is back, and not as it was: ${findings}.` }));
  return isGood(returned) ? 0 : 1;
});
