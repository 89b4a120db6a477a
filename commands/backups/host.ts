import { type Asked, backupCommand, type Connection } from "@vpai/providers";
import { backupJobName } from "../../programs/backup";
import type { DeployedHost } from "../stack/hosts";
import { chosenHost } from "../scope/choice";
import { type ReleaseManifest, releasesIn } from "./release";
import { type Manifest, manifestsIn } from "./manifest";

/** The host's job that makes sets of backups; undefined where it keeps nothing. */
export const backupUnitOf = (host: string, { jobs = {} }: Pick<DeployedHost, "jobs">): string | undefined =>
  jobs[backupJobName(host)]?.unit;

/** The same of a host that has to keep backups. @throws where it keeps none */
export function unitOfHost(host: string, hosts: Readonly<Record<string, DeployedHost>>): string {
  const unit = backupUnitOf(host, hosts[host] ?? {});
  if (unit === undefined) throw new Error(`${host}: expected a host with backups, found none there`);
  return unit;
}

/** A host's program of the backups, as its job calls it. */
export class BackupProgram {
  private constructor(
    private readonly host: Asked,
    private readonly argv: readonly string[],
  ) {}

  /** @throws where the job is not there, or calls something else */
  static async of(host: Asked, unit: string): Promise<BackupProgram> {
    return new BackupProgram(host, await backupCommand(host, unit));
  }

  /** The command that does this with the host's backups. */
  command(...verb: readonly string[]): string[] {
    return [...this.argv, ...verb];
  }

  /** What complete sets there are, the oldest first. */
  async manifests(): Promise<Manifest[]> {
    return manifestsIn(await this.host.output(this.command("manifests")));
  }

  /** Releases of a service, the oldest first. */
  async releases(service: string): Promise<ReleaseManifest[]> {
    return releasesIn(await this.host.output(this.command("releases", service)));
  }

  /** What a service has now, beside what it had at a release: lines of `since` (programs/backup/rollback.sh). */
  async since(service: string, release: string): Promise<string> {
    return this.host.output(this.command("since", service, release));
  }

  /** Folder of the platform on the host. */
  get folder(): string {
    return this.argv[2] ?? "";
  }

  /** What a restore replaces and stops, in words. @param service default: all of the host */
  async what(set: string, service: string | undefined): Promise<string[]> {
    const said = await this.host.output(this.command("what", set, ...(service === undefined ? [] : [service])));
    return said.split("\n").filter((line) => line !== "");
  }
}

/** A host with backups, and how to reach it. */
export interface Backed {
  name: string;
  connection: Connection;
  unit: string;
}

/** Hosts that have backups. */
export const backedHosts = (hosts: Readonly<Record<string, DeployedHost>>): Backed[] =>
  Object.entries(hosts).flatMap(([name, host]) => {
    const unit = backupUnitOf(name, host);
    return unit === undefined ? [] : [{ name, connection: host.connection, unit }];
  });

/**
 * The hosts with backups that are meant.
 * @param chosen the name of the one that is asked for; empty: all of them
 * @throws where that one is none of the stack's, or has none, and where no host has any
 */
export function chosenBacked(hosts: Readonly<Record<string, DeployedHost>>, chosen: string | undefined): Backed[] {
  const all = backedHosts(hosts);
  if (!chosen) {
    if (all.length === 0) throw new Error("expected a host with backups, found none");
    return all;
  }
  chosenHost(chosen, hosts);
  unitOfHost(chosen, hosts);
  return all.filter(({ name }) => name === chosen);
}
