import { type Connection, Transport } from "@vpai/providers";
import type { DeployedHost } from "../stack/hosts";
import { copyOf, giveCommand, type OffsiteCopy, offsiteHost, offsiteOn, offsiteUnit } from "./offsite";
import type { GivenSet } from "./bring";

/** The copies elsewhere, as the hub knows them and gives them. */
export class CopiesElsewhere {
  private constructor(private readonly hub: Connection) {}

  /** Undefined where the stack has none. */
  static of(hosts: Readonly<Record<string, DeployedHost>>): CopiesElsewhere | undefined {
    const [, hub] = offsiteHost(hosts) ?? [];
    return hub && new CopiesElsewhere(hub.connection);
  }

  /** What there is, of all hosts. */
  copies(): Promise<readonly OffsiteCopy[]> {
    return this.asked(async (hub) => (await offsiteOn(hub)).copies);
  }

  /** The newest copy of a host's sets. @throws where there is none */
  async newest(host: string): Promise<OffsiteCopy> {
    return copyOf(await this.copies(), host, "");
  }

  /** How a set of a host is had from there. */
  async given({ host, set, bytes }: Pick<OffsiteCopy, "host" | "set" | "bytes">): Promise<GivenSet> {
    const argv = giveCommand(await this.asked(offsiteUnit), host, set);
    return { host, set, bytes, give: { connection: this.hub, argv } };
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
