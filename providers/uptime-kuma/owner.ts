import { secretMask } from "../../model/masking";
import type { HttpServer } from "../docker/http";
import type { Connection } from "../ssh/connection";
import { Unreadable } from "../unreadable";
import type { Kept } from "./monitor";
import type { KeptNotification } from "./notification";
import { type Account, inSession, type Session } from "./session";

/** An Uptime Kuma and who owns it. */
export interface Owned {
  connection: Connection;
  server: HttpServer & Account;
}

/** What the program tells its owner after the login. */
export interface Told {
  monitors: Kept[];
  notifications: KeptNotification[];
  /** Of the program. */
  version: string;
}

/**
 * Runs `work` as the owner, with what the program tells then.
 * @param secrets that no error may quote: of a statement that fails, the program tells all of it
 * @throws Unreadable when it knows another account
 */
export const asOwner = <T>(
  owned: Owned,
  work: (session: Session, told: Told) => Promise<T>,
  secrets: readonly string[] = [],
): Promise<T> =>
  inSession(owned, async (session) => {
    // All of it may be told as soon as the login is through.
    const told = Promise.all([
      session.told<Record<string, Kept>>("monitorList"),
      session.told<KeptNotification[]>("notificationList"),
      // Before the login, 2.0 tells the same without a version.
      session.told<{ version?: string }>("info", ({ version }) => version !== undefined),
    ]);
    told.catch(() => undefined);
    const { server, connection } = owned;
    if (!(await session.logIn(server)))
      throw new Unreadable(
        `${server.container} on ${connection.host}: expected to log in as ${server.user}, found another name or password`,
      );
    const [monitors, notifications, { version = "" }] = await told;
    try {
      return await work(session, { monitors: Object.values(monitors), notifications, version });
    } catch (error) {
      throw silent(error as Error, secrets);
    }
  });

/** An error without what it may not quote. */
function silent(error: Error, secrets: readonly string[]): Error {
  error.message = secretMask(secrets)(error.message);
  return error;
}
