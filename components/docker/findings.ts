import { log, type Output } from "@pulumi/pulumi";
import { type Connection, type FoundNetwork, type Glimpse, lookAt, networksOf, Transport } from "@vpai/providers";
import { known } from "../known";

/** Milliseconds that a host may take to let us in for a look; what needs it waits longer. */
const PATIENCE = 20_000;

/**
 * What the program and the state do not know of a host: what is wrong with its containers though nothing changed, and which
 * networks it has. One command asks for all containers, when the first one is asked for.
 */
export class Findings {
  private looked: Promise<Map<string, Glimpse> | undefined> | undefined;
  /** The login of the looks that are under way. */
  private login: { host: Promise<Transport>; looks: number } | undefined;

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

  /** The bridge networks of ours that the host has; none when nothing could be seen. */
  async ofNetworks(labels: Readonly<Record<string, string>>): Promise<FoundNetwork[]> {
    const found = await this.look(
      (host) => networksOf(host, labels),
      (name) => `which networks ${name} has`,
    );
    return found ?? [];
  }

  private seen(): Promise<Map<string, Glimpse> | undefined> {
    this.looked ??= this.look(
      (host) => lookAt(host, this.label),
      (name) => `how the containers of ${name} are`,
    );
    return this.looked;
  }

  private async look<Seen>(
    ask: (host: Transport) => Promise<Seen>,
    what: (host: string) => string,
  ): Promise<Seen | undefined> {
    if (this.isLeft) return undefined;
    const login = (this.login ??= { host: this.loggedIn(), looks: 0 });
    login.looks += 1;
    const host = await login.host;
    try {
      return await ask(host);
    } catch (error) {
      await log.warn(`could not see ${what(host.name)}: ${(error as Error).message}`);
      return undefined;
    } finally {
      login.looks -= 1;
      if (login.looks === 0) {
        this.login = undefined;
        host.close();
      }
    }
  }

  private async loggedIn(): Promise<Transport> {
    return new Transport(await known(this.connection), PATIENCE);
  }
}

function faultOf(seen: Glimpse | undefined, wanted: readonly string[]): string | undefined {
  if (seen === undefined) return "missing";
  if (seen.state !== "running") return seen.state;
  if (seen.unhealthy) return "unhealthy";
  const found = seen.networks.join(", ");
  return found === [...wanted].sort().join(", ") ? undefined : `attached to ${found || "no network"}`;
}
