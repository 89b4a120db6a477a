import { isDeepStrictEqual } from "node:util";
import type { CommandRunner } from "../../ssh/transport";
import { type Container, inspectContainer } from "../container";

/** Networks that a container is attached to, with the names that it has on each beside its own, sorted. */
export type Attachments = Record<string, string[]>;

/** What a container is attached to. Older engines add its own id to its names. */
export const attachmentsOf = ({ Id, NetworkSettings }: Container): Attachments =>
  Object.fromEntries(
    Object.entries(NetworkSettings.Networks ?? {}).map(([network, { Aliases }]) => [
      network,
      (Aliases ?? []).filter((alias) => !Id.startsWith(alias)).sort(),
    ]),
  );

/**
 * Attaches a container to the networks that it belongs to, under its names, and to no others.
 * @returns the networks that it is attached to anew: its program's connections through them are gone
 */
export async function attach(host: CommandRunner, id: string, wanted: Attachments): Promise<string[]> {
  const container = await inspectContainer(host, id);
  const found = container === undefined ? wanted : attachmentsOf(container);
  const wrong = (network: string): boolean => !isDeepStrictEqual(found[network], wanted[network]);
  for (const network of Object.keys(found).filter(wrong))
    await host.output(["docker", "network", "disconnect", network, id]);
  const missing = Object.keys(wanted).filter(wrong);
  for (const network of missing) await host.output(connecting(network, id, wanted[network]));
  return missing;
}

/** The command that puts a container onto a network. @param aliases its names there, beside its own */
export const connecting = (network: string, id: string, aliases: readonly string[] = []): string[] => [
  ...["docker", "network", "connect"],
  ...aliases.flatMap((alias) => ["--alias", alias]),
  ...[network, id],
];
