import { ENGINE_AWAY } from "./ssh/engine-away";
import { again, ConnectionLost } from "./ssh/outage";

/**
 * Does again, from its beginning, what was cut short because the host went away meanwhile, or its engine did: a reboot, a
 * broken network. Only for work that may follow an interrupted one.
 * @throws its last error when the host stays away for as long as a login is waited for, and every other error at once
 */
export const throughOutages = <T>(work: () => Promise<T>): Promise<T> => again(work, isOutage);

/** What a `docker` said; the gate that waits for the engine has a patience of its own, and other words. */
const SAID_AWAY = new RegExp(`(?:failed|exited with \\d+): (?:docker: )?(?:${ENGINE_AWAY.source})`);

const isOutage = (error: unknown): boolean =>
  error instanceof ConnectionLost ||
  (error instanceof Error && (SAID_AWAY.test(error.message) || isOutage(error.cause)));
