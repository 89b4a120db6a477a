import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "ssh2";
import { type Connection, nameOf } from "../connection";
import { detourTo } from "./detour";
import { expectPlainShell } from "./shell";
import { PATIENCE } from "../outage";
import { SshRefused } from "../refusal";
import { arriveAt } from "./route";

/**
 * Logs in, with patience while the host, or its jump host, does not answer yet, or ends the connection before the login.
 * @throws SshRefused on a wrong host key, a rejected login, a login shell that spoils answers or gives none, or a host that
 * is reached by a jump host only, at once
 */
export async function connect(connection: Connection, patience = PATIENCE): Promise<Client> {
  const deadline = Date.now() + patience;
  for (let pause = 250; ; pause = Math.min(pause * 2, 3000)) {
    try {
      return await logIn(connection);
    } catch (error) {
      if (error instanceof SshRefused) throw error;
      const late = Date.now() + pause > deadline;
      if (late || isOutOfReach(error as Error)) await refuseDetour(connection, error as Error);
      if (late) throw error;
      await sleep(pause);
    }
  }
}

/** Whether no packet came back; a host that boots, or has too many logins under way, answers with one. */
const isOutOfReach = (error: Error & { cause?: unknown }): boolean =>
  ["ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "ENOTFOUND", "EAI_AGAIN"].includes(
    (error.cause as { code?: string } | undefined)?.code ?? "",
  ) || error.message.includes("Timed out while waiting for handshake");

async function refuseDetour(connection: Connection, error: Error): Promise<void> {
  const detour = connection.jump === undefined ? await detourTo(connection) : undefined;
  if (detour === undefined) return;
  throw new SshRefused(
    `${error.message}. Your OpenSSH config goes there by "${detour}", but no SSH config is read here. ` +
      "Name the jump host in the stack's config: `jump` of the host's machine, with address, user and hostKey.",
    { cause: error },
  );
}

async function logIn(connection: Connection): Promise<Client> {
  const { client, keep } = await arriveAt(connection);
  try {
    // From here on its own signs of life tell a dead connection from a shell that hangs.
    keep();
    await expectPlainShell(client, nameOf(connection));
    return client;
  } catch (error) {
    client.destroy();
    throw error;
  }
}
