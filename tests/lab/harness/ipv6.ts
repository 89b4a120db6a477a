import { localDocker } from "./docker";
import type { Lab } from "./lab";

/** A further network on the public side of a lab, with IPv6, which the lab's own has not. */
export class Ipv6Network {
  private readonly connected: string[] = [];

  private constructor(private readonly name: string) {}

  static async create({ identity }: Lab): Promise<Ipv6Network> {
    const name = `${identity.prefix}-v6`;
    const octet = (Date.now() % 65_536).toString(16);
    const options = ["--ipv6", "--subnet", `fd9d:${octet}::/64`, "--label", `dev.vpai.lab=${identity.id}`];
    await localDocker("network", "create", ...options, name);
    return new Ipv6Network(name);
  }

  /** Connects one of the lab's computers while it runs. @returns its address there */
  async connect(container: string): Promise<string> {
    await localDocker("network", "connect", this.name, container);
    this.connected.push(container);
    const format = `{{(index .NetworkSettings.Networks "${this.name}").GlobalIPv6Address}}`;
    return (await localDocker("inspect", "--format", format, container)).trim();
  }

  async remove(): Promise<void> {
    for (const container of this.connected) await localDocker("network", "disconnect", "--force", this.name, container);
    await localDocker("network", "rm", this.name);
  }
}
