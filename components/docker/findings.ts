import { log, type Output } from "@pulumi/pulumi";
import { type Connection, type Glimpse, lookAt, Transport } from "@vpai/providers";
import { known } from "../known";

/** Milliseconds that a host may take to let us in for a look; what needs it waits longer. */
const PATIENCE = 20_000;

/**
 * What is wrong with a host's containers though the program and the state know of no change. One command asks for all of
 * them, when the first one is asked for.
 */
export class Findings {
  private looked: Promise<Map<string, Glimpse> | undefined> | undefined;

  /**
   * @param label that the host's containers carry, e.g. `dev.vpai.stack=prod`
   * @param isLeft whether the run leaves the host as it is: then nobody looks
   */
  constructor(
    private readonly connection: Output<Connection>,
    private readonly label: string,
    private readonly isLeft: boolean,
  ) {}

  /**
   * What is wrong with a container, in words; undefined when it is as it has to be, or when nothing could be seen.
   * @param networks that it has to be on, and on no others
   */
  async of({ name, networks }: { name: string; networks: readonly string[] }): Promise<string | undefined> {
    const seen = await this.seen();
    return seen === undefined ? undefined : faultOf(seen.get(name), networks);
  }

  /** What may have become of a service's data since the last run, in words: somebody else than its container may have used them. */
  async ofData(container: { name: string; networks: readonly string[] }): Promise<string | undefined> {
    const seen = await this.seen();
    return seen?.get(container.name)?.previous === true ? "the version before serves" : this.of(container);
  }

  private async seen(): Promise<Map<string, Glimpse> | undefined> {
    if (this.isLeft) return undefined;
    this.looked ??= this.look();
    return this.looked;
  }

  private async look(): Promise<Map<string, Glimpse> | undefined> {
    const host = new Transport(await known(this.connection), PATIENCE);
    try {
      return await lookAt(host, this.label);
    } catch (error) {
      await log.warn(`could not see how the containers of ${host.name} are: ${(error as Error).message}`);
      return undefined;
    } finally {
      host.close();
    }
  }
}

function faultOf(seen: Glimpse | undefined, wanted: readonly string[]): string | undefined {
  if (seen === undefined) return "missing";
  if (seen.state !== "running") return seen.state;
  if (seen.unhealthy) return "unhealthy";
  const found = seen.networks.join(", ");
  return found === [...wanted].sort().join(", ") ? undefined : `attached to ${found || "no network"}`;
}
