import type { Connection } from "@vpai/providers";
import { backupJobName } from "../../programs/backup";
import type { DeployedHost } from "../hosts";
import { type Manifest, manifestsIn } from "./manifest";

/** What a command asks a host. */
interface Asked {
  output(argv: readonly string[]): Promise<string>;
}

/** The host's job that makes sets of backups; undefined where it keeps nothing. */
export const backupUnitOf = (host: string, { jobs = {} }: Pick<DeployedHost, "jobs">): string | undefined =>
  jobs[backupJobName(host)]?.unit;

/** A host's program of the backups, as its job calls it. */
export class BackupProgram {
  private constructor(
    private readonly host: Asked,
    private readonly argv: readonly string[],
  ) {}

  /** @throws where the job is not there, or calls something else */
  static async of(host: Asked, unit: string): Promise<BackupProgram> {
    return new BackupProgram(host, programIn(await host.output(["systemctl", "cat", "--", unit]), unit));
  }

  /** The command that does this with the host's backups. */
  command(...verb: readonly string[]): string[] {
    return [...this.argv, ...verb];
  }

  /** What complete sets there are, the oldest first. */
  async manifests(): Promise<Manifest[]> {
    return manifestsIn(await this.host.output(this.command("manifests")));
  }

  /** What a restore replaces and stops, in words. @param service default: all of the host */
  async what(set: string, service: string | undefined): Promise<string[]> {
    const said = await this.host.output(this.command("what", set, ...(service === undefined ? [] : [service])));
    return said.split("\n").filter((line) => line !== "");
  }
}

/** The job's own command, without what it does there. */
function programIn(unit: string, name: string): string[] {
  const [, command = ""] = /^ExecStart=.* ("\/bin\/bash" .*) "run"$/m.exec(unit) ?? [];
  const words = [...command.matchAll(/"([^"]*)"/g)].map(([, word = ""]) => word);
  if (words.length !== 5)
    throw new Error(`${name}: expected a job that makes backups, found another one: run \`make up\``);
  return words;
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
