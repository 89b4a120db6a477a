import { type Connection, Transport } from "@vpai/providers";
import type { BackupProgram } from "../backups/host";
import { giveCommand, type OffsiteCopy, offsiteHost, offsiteOn, offsiteUnit } from "../backups/offsite";
import { transfer } from "../backups/transfer";
import type { DeployedHost } from "../hosts";

/** The copies elsewhere, as the hub knows them and gives them. */
export class CopiesElsewhere {
  private constructor(private readonly hub: Connection) {}

  /** Undefined where the stack has none. */
  static of(hosts: Readonly<Record<string, DeployedHost>>): CopiesElsewhere | undefined {
    const [, hub] = offsiteHost(hosts) ?? [];
    return hub && new CopiesElsewhere(hub.connection);
  }

  copies(): Promise<readonly OffsiteCopy[]> {
    return this.asked(async (hub) => (await offsiteOn(hub)).copies);
  }

  /**
   * Has a host have a set again, beside those it has.
   * @throws where it does not come whole; nothing is there then
   */
  async bring(
    { set, bytes }: { set: string; bytes: number },
    to: { host: string; connection: Connection; program: BackupProgram },
  ): Promise<void> {
    const argv = giveCommand(await this.asked(offsiteUnit), to.host, set);
    const accept = to.program.command("accept", set, String(bytes));
    if (await transfer({ connection: this.hub, argv }, { connection: to.connection, argv: accept })) return;
    throw new Error(`${to.host}: expected ${set} as it was written, found that it did not come: see above`);
  }

  private async asked<T>(ask: (hub: Transport) => Promise<T>): Promise<T> {
    const hub = new Transport(this.hub);
    try {
      return await ask(hub);
    } finally {
      hub.close();
    }
  }
}
