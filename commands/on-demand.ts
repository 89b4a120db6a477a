import { RetryingHost, Transport } from "@vpai/providers";
import { deployedHosts } from "./stack/hosts";
import { startAll, stopAll } from "./on-demand/containers";
import { demandedAmong } from "./on-demand/demanded";
import { chosenStack, main } from "./stack/pulumi";

/** `make opencut ACTION=start|stop`: starts SERVICE with what it needs, and waits until all are healthy; or stops them. */
main(async () => {
  const { action, host, connection, name, containers } = demandedAmong(await deployedHosts(chosenStack()), process.env);
  const transport = new Transport(connection);
  try {
    const retrying = new RetryingHost(transport);
    if (action === "start") await startAll(retrying, containers);
    else await stopAll(retrying, containers);
  } finally {
    transport.close();
  }
  console.log(`${name} on ${host} ${action === "start" ? "runs, and is healthy" : "is stopped"}`);
  return 0;
});
