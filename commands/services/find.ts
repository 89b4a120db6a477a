import type { Connection } from "@vpai/providers";
import type { UnitHealth } from "../../model/checks";
import type { DeployedHost, DeployedService } from "../stack/hosts";
import { chosenJob, chosenService } from "../scope/choice";

type Hosts = Readonly<Record<string, DeployedHost>>;
type Given = Readonly<Record<string, string | undefined>>;

/** Something that runs on a host. */
interface Placed {
  /** The host's name. */
  host: string;
  connection: Connection;
  name: string;
}

/** A service, and what it runs as: one of the two. */
export type PlacedService = Placed & ({ container: string } | { unit: string; health: UnitHealth | undefined });

/** A job: a systemd service. */
export type PlacedJob = Placed & { unit: string };

/** The service that SERVICE names, on HOST where that is given. @throws UserError where there is none, or more than one */
export function serviceAmong(hosts: Hosts, given: Given): PlacedService {
  const { host, service: name } = chosenService(given, namesIn(hosts, "services"));
  const { connection, services } = hosts[host] as DeployedHost;
  return { host, connection, name, ...runningAs(services[name] as DeployedService, `${host}/${name}`) };
}

/** The job that JOB names, on HOST where that is given. @throws UserError where there is none, or more than one */
export function jobAmong(hosts: Hosts, { JOB, HOST }: Given): PlacedJob {
  const { host, job: name } = chosenJob(JOB, HOST, namesIn(hosts, "jobs"));
  const { connection, jobs = {} } = hosts[host] as DeployedHost;
  return { host, connection, name, unit: jobs[name]?.unit ?? "" };
}

function runningAs(
  { container, unit, health }: DeployedService,
  name: string,
): { container: string } | { unit: string; health: UnitHealth | undefined } {
  if (container !== undefined) return { container };
  if (unit !== undefined) return { unit, health };
  throw new Error(`${name}: expected a container or a unit in the stack's outputs, found neither; run \`make up\``);
}

const namesIn = (hosts: Hosts, kind: "services" | "jobs"): Record<string, string[]> =>
  Object.fromEntries(Object.entries(hosts).map(([host, described]) => [host, Object.keys(described[kind] ?? {})]));
