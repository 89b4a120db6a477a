import { Transport } from "@vpai/providers";
import { deployedHosts } from "./stack/hosts";
import { chosenStack, main } from "./stack/pulumi";
import { restartService } from "./restart/service";
import { serviceAmong } from "./services/find";

/** `make restart SERVICE=…`: restarts a service, waits until it is healthy, and says how long it was down. */
main(async () => {
  const service = serviceAmong(await deployedHosts(chosenStack()), process.env);
  const host = new Transport(service.connection);
  const { seconds, found } = await restartService(host, service).finally(() => host.close());
  const name = `${service.name} on ${service.host}`;
  if (found !== undefined)
    throw new Error(
      `expected ${name} to become healthy, found ${found} after ${seconds.toFixed(1)} s: make logs SERVICE=${service.name} says more`,
    );
  console.log(`${name} is healthy again; it was down for ${seconds.toFixed(1)} s`);
  return 0;
});
