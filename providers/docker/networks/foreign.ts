import type { CommandRunner } from "../../ssh/transport";
import { attachmentsOf, connecting } from "./attachments";
import { inspectContainer } from "../container";
import { type FoundNetwork, networksOf } from "./found";

/** A container that was taken off a network, with the names that it had there beside its own. */
export interface Detached {
  id: string;
  aliases: readonly string[];
}

/** A network that is about to be created where somebody else's may stand. */
export interface Place {
  name: string;
  /** IPv4, e.g. `172.20.1.0/24`: an engine has it once. */
  subnet: string;
  /** The labels that it will carry: one with the same ones is ours, and left as it is. */
  labels: Readonly<Record<string, string>>;
}

/**
 * Removes somebody else's networks that have the name or the subnet of one of ours, and takes the containers on them off.
 * @returns the containers, for {@link attachAll}
 */
export async function clearPlace(host: CommandRunner, place: Place): Promise<Detached[]> {
  const ours = new Set((await networksOf(host, place.labels)).map(({ id }) => id));
  const inTheWay = (await networksOf(host, {})).filter(
    ({ id, name, subnet }) => !ours.has(id) && (name === place.name || subnet === place.subnet),
  );
  const detached: Detached[] = [];
  for (const network of inTheWay) detached.push(...(await removeNetwork(host, network)));
  return detached;
}

/**
 * Puts containers onto a network, under the names that they had on another one. One that has gone meanwhile is passed over, and
 * one whose description names the network that is gone by its id cannot be put onto any: it goes without until it is replaced.
 * @returns ids of those that are on it, and of those that go without
 */
export async function attachAll(
  host: CommandRunner,
  network: string,
  detached: readonly Detached[],
): Promise<{ attached: string[]; without: string[] }> {
  const attached: string[] = [];
  const without: string[] = [];
  for (const { id, aliases } of detached) {
    if ((await inspectContainer(host, id)) === undefined) continue;
    const { code, stderr } = await host.run(connecting(network, id, aliases));
    if (code !== 0 && !stderr.includes("network matching network mode"))
      throw new Error(`${host.name}: docker network connect ${network} ${id} failed: ${stderr.trim()}`);
    (code === 0 ? attached : without).push(id);
  }
  return { attached, without };
}

async function removeNetwork(host: CommandRunner, { id, name }: FoundNetwork): Promise<Detached[]> {
  const detached: Detached[] = [];
  for (const user of await usersOf(host, id)) {
    const container = await inspectContainer(host, user);
    if (container === undefined) continue;
    detached.push({ id: user, aliases: attachmentsOf(container)[name] ?? [] });
    await host.output(["docker", "network", "disconnect", id, user]);
  }
  await host.output(["docker", "network", "rm", id]);
  return detached;
}

/** Ids of the containers that run on a network. */
async function usersOf(host: CommandRunner, network: string): Promise<string[]> {
  const format = "{{range $id, $_ := .Containers}}{{$id}} {{end}}";
  const printed = await host.output(["docker", "network", "inspect", "--format", format, network]);
  return printed.split(" ").filter((id) => id.trim() !== "");
}
