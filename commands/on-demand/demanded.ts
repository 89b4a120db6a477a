import type { Connection } from "@vpai/providers";
import { UserError } from "../../model/finding";
import type { DeployedHost } from "../stack/hosts";
import { serviceAmong } from "../services/find";

/** What is to be done with a service that runs on demand. */
interface Demanded {
  action: "start" | "stop";
  /** The host's name. */
  host: string;
  connection: Connection;
  name: string;
  /** What it takes, one after another, the last its own. */
  containers: readonly string[];
}

/** What SERVICE, HOST and ACTION ask for. @throws UserError for another action, an unknown service, and one that always runs */
export function demandedAmong(
  hosts: Readonly<Record<string, DeployedHost>>,
  given: Readonly<Record<string, string | undefined>>,
): Demanded {
  const { ACTION: action = "" } = given;
  if (action !== "start" && action !== "stop")
    throw new UserError(`expected ACTION=start or ACTION=stop, found ${action === "" ? "none" : `"${action}"`}`);
  const { host, connection, name } = serviceAmong(hosts, given);
  const containers = hosts[host]?.services[name]?.onDemand;
  if (containers === undefined)
    throw new UserError(
      `expected a service that runs on demand, found ${name}, which always runs: make restart SERVICE=${name}`,
    );
  return { action, host, connection, name, containers };
}
