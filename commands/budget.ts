import { ask, proxyAmong, questionFor } from "./budget/ask";
import { deployedHosts } from "./stack/hosts";
import { chosenStack, main } from "./stack/pulumi";

/** `make budget [ECO=on|off]`: what the day's LLM calls cost, and the eco mode's switch. */
main(async () => {
  const question = questionFor(process.env["ECO"]);
  console.log((await ask(proxyAmong(await deployedHosts(chosenStack())), question)).trim());
  return 0;
});
