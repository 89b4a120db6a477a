import { Transport } from "@vpai/providers";
import type { GivenSet } from "../backups/bring";
import { CopiesElsewhere } from "../backups/elsewhere";
import { BackupProgram, unitOfHost } from "../backups/host";
import { type Manifest } from "../backups/manifest";
import type { DeployedHost } from "../stack/hosts";
import { chosenHost } from "../scope/choice";

/** The newest complete set of a host, and how it is had. */
export interface NewestSet extends GivenSet {
  /** ISO 8601: when it was begun. */
  started: string;
  /** Whether it comes from the copies elsewhere, which outlive the host, or from the host itself. */
  from: "elsewhere" | "its host";
}

/** @throws where there is no set, with what to do */
export async function newestSet(host: string, hosts: Readonly<Record<string, DeployedHost>>): Promise<NewestSet> {
  const copies = CopiesElsewhere.of(hosts);
  return copies === undefined ? ofItsHost(host, hosts) : elsewhere(host, copies);
}

async function elsewhere(host: string, copies: CopiesElsewhere): Promise<NewestSet> {
  const newest = await copies.newest(host);
  return { ...(await copies.given(newest)), started: newest.time, from: "elsewhere" };
}

async function ofItsHost(host: string, hosts: Readonly<Record<string, DeployedHost>>): Promise<NewestSet> {
  const { connection } = chosenHost(host, hosts);
  return withProgram(host, hosts, async (program) => {
    const newest = (await program.manifests()).at(-1);
    if (newest === undefined) throw new Error(`${host}: expected a set, found none yet: make run JOB=backup-${host}`);
    const { set, bytes, started } = newest;
    const argv = program.command("serve", `get ${set}`);
    return { host, set, bytes, started, from: "its host", give: { connection, argv } };
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
