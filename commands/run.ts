import { deployedHosts } from "./stack/hosts";
import { followCommand } from "./job/follow";
import { chosenStack, main } from "./stack/pulumi";
import { runRemote, untilWeEnd } from "./terminal/remote";
import { jobAmong } from "./services/find";

/** `make run JOB=…`: runs a job now, shows its log, and ends with its result. The job goes on when we are interrupted. */
main(async () => {
  const { connection, unit } = jobAmong(await deployedHosts(chosenStack()), process.env);
  return runRemote(connection, untilWeEnd(followCommand(unit)), { stdin: "pipe" });
});
