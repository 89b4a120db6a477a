import type { z } from "zod";
import type { OwnPart } from "./backup";
import type { Offered, Requested } from "./capability";
import type { HealthCheck, SmokeCheck, UnitHealth, VersionCheck } from "./checks";
import type { HostView, ServiceContext } from "./context";
import type { DataVersions } from "./data-version";
import type { ConfigFile, DataDirectory, SecretFile } from "./files";
import type { Monitored } from "./monitoring";
import { type Job, JOB_LIMITS } from "./job";
import { type ContainerRun, isContainer, type Run, type UnitRun } from "./run";
import type { Program } from "./program";
import type { Proof } from "./proof";
import type { SecretDeclaration } from "./secret";
import type { Exposure, SiteName } from "./site";
import type { Watcher } from "./watch";
import { UserError } from "./finding";

/** What a program may use. */
export interface Limits {
  /** MiB; it may not swap. */
  memoryMiB: number;
  /** CPUs, also parts of one: 0.5. */
  cpus: number;
}

/** Containers that a service makes itself, beside the platform's own. */
interface Guests {
  /** The most that there are at a time. */
  count: number;
  /** MiB that each may use. */
  memoryMiB: number;
}

/** What makes a service the one that serves the others' sites. */
interface Gateway {
  /** File in the container with the root certificate of its own authority, which signs where `tls` is `internal`. */
  authority: string;
  /** File with the roots of an ACME server that is not a public one. Default: every one is. */
  roots?: (context: ServiceContext) => string | undefined;
  /**
   * File in one of its data folders where it notes what its public sites are asked, where CrowdSec runs on the host. Default: it has
   * none.
   */
  accessLog?: string;
}

/** A program gives itself to whoever registers first, unless somebody sees to it. */
interface FirstUser {
  /**
   * Paths of the requests that make one, and of pages with a login that everybody knows, as the program sees them; what ends in `*`
   * stands for all that begin so. No gateway passes them on, to anybody, at any time: the owner is made from inside. Default: none.
   */
  closed?: readonly string[];
  /** Password of the owner whom the program's start or a request of the service makes. Default: nobody makes one. */
  owner?: SecretDeclaration;
}

/** How a program is seen to work, by what runs it. */
type HealthOf<R extends Run> = R extends ContainerRun ? HealthCheck : UnitHealth;

/** One service, as data: what is true of it, and nothing of how it is deployed. */
export interface Service<R extends Run = Run> extends Monitored {
  /** Unique in the platform; also its name on the networks. */
  name: string;
  /** Hosts and stacks take services by group. */
  group: string;
  /** How the program runs: in a container, or as a systemd unit. */
  run: R;
  /** Numeric user and group that the program runs as; they own its secrets and data. */
  user: { uid: number; gid: number };
  /** Port that other services reach it on. Default: it answers nobody. */
  port?: number;
  /** Its websites. Default: none. */
  expose?: readonly Exposure[];
  /** Variables by name; never a secret. Default: none. */
  environment?: (context: ServiceContext) => Readonly<Record<string, string>>;
  /** Configuration files, all in one folder as the program sees them. Default: none. */
  files?: (context: ServiceContext) => readonly ConfigFile[];
  /** Addresses by hostname that hold for the program whatever its resolver says. Default: none. */
  extraHosts?: (context: ServiceContext) => Readonly<Record<string, string>>;
  /**
   * Sites of the platform that the program asks by their names, through the VPN where they are VPN-only. Its container reaches no
   * other host's but those, what it uses, and what is public. Default: it asks none.
   */
  asks?: (platform: Pick<ServiceContext, "hosts">) => readonly SiteName[];
  /** Each is a file `/run/secrets/<key>` that the program alone can read. Default: none. */
  secrets?: Readonly<Record<string, SecretFile>>;
  /** How values of its secrets are tried, beside those that its offers, requests and sites say. Default: they are not. */
  proofs?: (context: ServiceContext) => readonly Proof[];
  /** Folders whose content outlives the program. Default: none. */
  data?: readonly DataDirectory[];
  /** Of data in its first folder that one major version of its image alone can read. Default: any image can. */
  dataVersions?: DataVersions;
  /**
   * Folder on the host for its `config` and `data`, an absolute path, where the sources give it one of its own. Default: its
   * files lie in the platform's folder, in `configs/<service>` and `data`.
   */
  home?: string;
  /** What the program may use; a stack may give it other limits (`vpai:overrides`). */
  limits: Limits;
  /** Whether its memory is counted in the host's `systemMiB`. Default: it counts beside that. */
  partOfSystem?: boolean;
  /** Counted in the host's memory. Default: it makes none. */
  guests?: Guests;
  /** How it is seen to work; what needs it waits for that. */
  health: HealthOf<R>;
  /** Whether it runs on a host of its group, as the stack has that host and its settings. Default: on each. */
  runsOn?: (host: Pick<HostView, "vpnAddress">, settings: ServiceContext["settings"]) => boolean;
  /** Services for whose sake it runs: a stack that lacks one of them goes without. Default: it runs for its own. */
  beside?: readonly string[];
  /** Services that must be healthy before this one starts, beside those that serve its requests. */
  needs?: readonly string[];
  /** What others may request of it. */
  offers?: readonly Offered[];
  /** What is made for it in other services. */
  uses?: readonly Requested[];
  /**
   * What is made for it beside `uses`, as the stack's settings say: wherever it runs, and without secrets, as those are known
   * without a stack. Default: nothing.
   */
  usesBy?: (settings: ServiceContext["settings"]) => readonly Requested[];
  /** Keys in the `vpai:` namespace of a stack's file: a zod schema by name. What Pulumi hands over is text. */
  settings?: Readonly<Record<string, z.ZodType>>;
  /** Makes it the program that answers for the sites of its host's services. Default: it is none. */
  gateway?: Gateway;
  /** What jobs tell it of their runs. Default: nothing. */
  watches?: Watcher;
  /** How it comes to its first user. Default: it has no users, or none that come by themselves. */
  firstUser?: FirstUser;
  /** Requests beside those that follow from `expose`: what each site promises. */
  smoke?: readonly SmokeCheck[];
  /** Compared with the image's tag after each `up`. Default: not compared. */
  version?: VersionCheck;
  /** What is backed up of it beside its data folders and what it offers. Default: nothing. */
  backups?: readonly OwnPart[];
  /** What it has done at certain times. Default: nothing. */
  jobs?: readonly Job[];
  /**
   * How a changed file takes effect: `restart`, or a command in the container that makes the program read it again, and fails
   * unless the program has loaded it. In a container, a command may do so for secrets alone.
   */
  onChange?: "restart" | { reload: readonly string[] } | { reloadSecrets: SecretsReload };
  /** Seconds that the program gets to stop before it is killed. Default: 10. */
  stopTimeout?: number;
}

/** How a container's program takes on secrets alone, while all else restarts it. */
export interface SecretsReload {
  /** Secret that the command logs in with. */
  login: SecretDeclaration;
  /** A line that the command reads of each value that may be in force: one has to be. */
  line: (value: string) => string;
  /** Command in the container; it fails unless the program has loaded its secrets anew. Then, too, the program is restarted. */
  command: readonly string[];
}

/** Whose a job is: a service's, or the host's own. */
export type JobOwner = Pick<Service, "name" | "group" | "user" | "data"> & { run?: Run };

/** What the jobs of a host itself are under, in the place of a service: they run as root. */
export const HOST_ITSELF: JobOwner = { name: "host", group: "host", user: { uid: 0, gid: 0 } };

/** A service that runs in a container. */
export type ContainerService = Service<ContainerRun>;

/** A service that runs as a systemd unit. */
export type UnitService = Service<UnitRun>;

/** Tells a service that runs as a systemd unit from one in a container. */
export const isUnitService = (service: Service): service is UnitService => !isContainer(service.run);

/** Tells a service that runs in a container from a systemd unit. */
export const isContainerService = (service: Service): service is ContainerService => isContainer(service.run);

/** Marks an object as a service; the compiler checks it. */
export const defineService = <R extends Run>(service: Service<R>): Service<R> => service;

/** Port that others reach a service on. @throws for a service without port */
export function portOf({ name, port }: Pick<Service, "name" | "port">): number {
  if (port === undefined) throw new UserError(`${name}: expected a port that others reach it on, found none`);
  return port;
}

/** `<name>:<port>` on the networks. @throws for a service without port */
export const addressOf = (service: Pick<Service, "name" | "port">): string => `${service.name}:${portOf(service)}`;

/** MiB of its host that a service may use beside the system's, its guests and jobs included. */
export const memoryOf = ({
  limits,
  partOfSystem = false,
  guests,
  jobs = [],
}: Pick<Service, "limits" | "partOfSystem" | "guests" | "jobs">): number =>
  (partOfSystem ? 0 : limits.memoryMiB) +
  (guests === undefined ? 0 : guests.count * guests.memoryMiB) +
  jobs.reduce((sum, { limits: { memoryMiB } = JOB_LIMITS }) => sum + memoryMiB, 0);

/** Docker networks that a service is on; a unit, or the host itself, is on none. */
export const networksOf = ({ run }: Pick<JobOwner, "run">): readonly string[] =>
  run !== undefined && isContainer(run) ? run.networks : [];

/** What a service has done in these surroundings at certain times. */
export const jobsOf = ({ jobs = [] }: Pick<Service, "jobs">, context: ServiceContext): Job[] =>
  jobs.filter(({ needed = () => true }) => needed(context));

/** Image references that services and their jobs run, or take programs from. */
export const imagesOf = (services: readonly Service[]): string[] =>
  services.flatMap(({ run, jobs = [] }) => [
    ...(isContainer(run) ? [run.image] : programsOf(run).flatMap(imageOf)),
    ...jobImagesOf(jobs),
  ]);

/** Image references that jobs name themselves. */
export const jobImagesOf = (jobs: readonly Job[]): string[] =>
  jobs.flatMap(({ image }) => (image === undefined ? [] : [image]));

/** Name of a service's systemd unit. */
export const unitOf = ({ name, run }: Pick<UnitService, "name" | "run">): string => `${run.unit ?? name}.service`;

/** What a unit has installed. */
export const programsOf = ({ program, runtimes = [] }: UnitRun): Program[] => [program, ...runtimes];

const imageOf = ({ source }: Program): string[] => (source.kind === "image" ? [source.reference] : []);

/**
 * Every secret that a service declares: its files', its jobs', its offers' and its requests'. One that is missing, as in a file that
 * nobody compiled, is left out; a policy tells of it.
 */
export const declaredSecretsOf = ({ secrets = {}, offers = [], uses = [], jobs = [] }: Service): SecretDeclaration[] =>
  [
    ...[secrets, ...jobs.map((job) => job.secrets ?? {})].flatMap((files) =>
      Object.values(files).map(({ secret }) => secret),
    ),
    ...[...uses, ...offers].flatMap((one) => one.secrets),
  ].filter((secret) => (secret as unknown) !== undefined);
