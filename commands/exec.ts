import { execCommand } from "./exec/command";
import { wordsOf } from "./exec/words";
import { deployedHosts } from "./stack/hosts";
import { chosenStack, main } from "./stack/pulumi";
import { runRemote } from "./terminal/remote";
import { serviceAmong } from "./services/find";

/** `make exec SERVICE=… CMD=…`: runs a command where a service runs, with our input; its exit code is ours. */
main(async () => {
  const argv = wordsOf(process.env["CMD"] ?? "");
  const service = serviceAmong(await deployedHosts(chosenStack()), process.env);
  const terminal = process.stdin.isTTY && process.stdout.isTTY;
  return runRemote(service.connection, execCommand(service, argv, terminal), { stdin: "inherit", terminal });
});
