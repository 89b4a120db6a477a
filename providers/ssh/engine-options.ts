import { createHash } from "node:crypto";
import { asArguments, type Connection, keyOf, loginOptions } from "./connection";
import { dialCommand, MASTERS } from "./dial";
import { PATIENCE } from "./outage";
import { LOGIN_SECONDS } from "./policy";

/** Seconds that a master connection stays without a session. */
const IDLE = 15;

/**
 * Options for the Docker provider's `ssh`, which it starts for each HTTP connection: they share one login, a master of
 * our own, named by all that a login depends on, the pinned key among it. What a server has no session for
 * (`MaxSessions`) logs in by itself; a login that is not let in at once (`MaxStartups`, a reboot) is tried again.
 */
export const engineOptions = (connection: Connection): string[] =>
  asArguments({
    ...patient(connection),
    ControlMaster: "auto",
    ControlPath: `~/${MASTERS}/${nameOfMaster(connection)}`,
    ControlPersist: String(IDLE),
  });

/** Options for an `ssh` of its own that waits for a host which does not let it in at once, as ssh2 does. */
export const patientOptions = (connection: Connection): string[] => asArguments(patient(connection));

const patient = (connection: Connection): Record<string, string> => ({
  ...loginOptions(connection),
  ConnectTimeout: String(PATIENCE / 1000 + LOGIN_SECONDS),
  ProxyCommand: dialCommand(connection),
});

const nameOfMaster = (connection: Connection): string =>
  createHash("sha256").update(keyOf(connection)).digest("hex").slice(0, 16);
