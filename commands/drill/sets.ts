import { type Connection, Transport } from "@vpai/providers";
import { backedHosts, BackupProgram, unitOfHost } from "../backups/host";
import { type Manifest } from "../backups/manifest";
import { copyOf, giveCommand, offsiteHost, offsiteOn, offsiteUnit } from "../backups/offsite";
import type { DeployedHost } from "../hosts";
import { chosenHost } from "../scope/choice";

/** The newest complete set of a host, and how it is had. */
export interface NewestSet {
  host: string;
  set: string;
  /** ISO 8601: when it was begun. */
  started: string;
  /** Whether it comes from the copies elsewhere, which outlive the host, or from the host itself. */
  from: "elsewhere" | "its host";
  /** Writes its files, as tar has them. */
  give: { connection: Connection; argv: readonly string[] };
}

/** Names of the hosts of a drill. @param chosen the one that is asked for; empty: all that have backups */
export function drilledHosts(hosts: Readonly<Record<string, DeployedHost>>, chosen: string | undefined): string[] {
  if (!chosen) {
    const names = backedHosts(hosts).map(({ name }) => name);
    if (names.length === 0) throw new Error("expected a host with backups, found none");
    return names;
  }
  chosenHost(chosen, hosts);
  unitOfHost(chosen, hosts);
  return [chosen];
}

/** @throws where there is no set, with what to do */
export async function newestSet(host: string, hosts: Readonly<Record<string, DeployedHost>>): Promise<NewestSet> {
  const [, hub] = offsiteHost(hosts) ?? [];
  return hub === undefined ? ofItsHost(host, hosts) : elsewhere(host, hub.connection);
}

async function elsewhere(host: string, connection: Connection): Promise<NewestSet> {
  const hub = new Transport(connection);
  try {
    const { copies } = await offsiteOn(hub);
    const { set, time } = copyOf(copies, host, "");
    const argv = giveCommand(await offsiteUnit(hub), host, set);
    return { host, set, started: time, from: "elsewhere", give: { connection, argv } };
  } finally {
    hub.close();
  }
}

async function ofItsHost(host: string, hosts: Readonly<Record<string, DeployedHost>>): Promise<NewestSet> {
  const { connection } = chosenHost(host, hosts);
  return withProgram(host, hosts, async (program) => {
    const newest = (await program.manifests()).at(-1);
    if (newest === undefined) throw new Error(`${host}: expected a set, found none yet: make run JOB=backup-${host}`);
    const { set, started } = newest;
    const argv = program.command("serve", `get ${set}`);
    return { host, set, started, from: "its host", give: { connection, argv } };
  });
}

/** The set's manifest as its own host has it; undefined where it has the set no more, or is away. */
export async function ownManifest(
  { host, set }: NewestSet,
  hosts: Readonly<Record<string, DeployedHost>>,
): Promise<Manifest | undefined> {
  const manifests = await withProgram(host, hosts, (program) => program.manifests()).catch(() => []);
  return manifests.find((one) => one.set === set);
}

/** Asks a host's program of the backups. */
export async function withProgram<T>(
  host: string,
  hosts: Readonly<Record<string, DeployedHost>>,
  ask: (program: BackupProgram, transport: Transport) => Promise<T>,
): Promise<T> {
  const transport = new Transport(chosenHost(host, hosts).connection);
  try {
    return await ask(await BackupProgram.of(transport, unitOfHost(host, hosts)), transport);
  } finally {
    transport.close();
  }
}
