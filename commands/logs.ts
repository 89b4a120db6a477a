import { deployedHosts } from "./stack/hosts";
import { isSet, logCommand } from "./logs/arguments";
import { chosenStack, main } from "./stack/pulumi";
import { runRemote, untilWeEnd } from "./terminal/remote";
import { serviceAmong } from "./services/find";

/** `make logs SERVICE=… [FOLLOW=1] [SINCE=1h] [LINES=100]`: the log of a service, wherever it runs. */
main(async () => {
  const service = serviceAmong(await deployedHosts(chosenStack()), process.env);
  const command = logCommand(service, process.env);
  return isSet(process.env["FOLLOW"])
    ? runRemote(service.connection, untilWeEnd(command), { stdin: "pipe" })
    : runRemote(service.connection, command);
});
