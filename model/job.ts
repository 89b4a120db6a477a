import type { ServiceContext } from "./context";
import type { ConfigFile, DataDirectory, SecretFile } from "./files";
import type { HostMount } from "./run";

/** How often a failed run is tried again before it counts as failed. */
interface Retries {
  /** Further tries after the first. */
  count: number;
  /** Seconds before the first of them; each further one waits twice as long. */
  backoff: number;
}

/** A login at a host, for one command alone. */
export interface Visit {
  /** The host's name. */
  host: string;
  /** The command there, to which what the job asks for is added as one argument. `{folder}` and `{prefix}` are that host's. */
  command: readonly string[];
}

/** Logins of a job at hosts, by a key of its own. */
export interface Visits {
  /** Folder, as the job sees it, of `config` and `known_hosts`, as OpenSSH reads them: each host by its name. */
  folder: string;
  to: (context: ServiceContext) => readonly Visit[];
}

/** Name of the secret that holds the key of a job's visits. */
export const VISITS_KEY = "ssh_key";

/** What every job says. */
interface JobBase {
  /** Unique on its host, also among the services: name of its timer, what `make run JOB=` takes. */
  name: string;
  /** One line that says what it is for. */
  purpose: string;
  /** When it runs, as systemd's OnCalendar takes it; the host's time zone holds unless it names one. A missed run is made up for. */
  schedule: string;
  /** Program and arguments, without a shell. */
  argv: readonly string[];
  /** Further tries after one that failed. Default: none. */
  retries?: Retries;
  /** Seconds that one try may take. Default: 600. */
  timeout?: number;
  /** Seconds since the last success after which somebody is called. */
  overdueAfter: number;
  /**
   * Whether it tells whoever watches from outside how each run ended, who calls when it failed or nothing was told for that long
   * (docs/monitoring.md#from-outside). Default: its host's metrics tell alone.
   */
  watched?: boolean;
  /** Variables by name; never a secret. Default: none. */
  environment?: (context: ServiceContext) => Readonly<Record<string, string>>;
  /** Configuration files, all in one folder, as the job sees them. */
  files?: (context: ServiceContext) => readonly ConfigFile[];
  /** Each is a file `/run/secrets/<key>`, as of a service. */
  secrets?: Readonly<Record<string, SecretFile>>;
  /** Folders that it writes to. A folder of the service by the same `directory` is that folder. */
  data?: readonly DataDirectory[];
  /** Parts of the host that it reads. In a container, absolute ones or relative to the platform's data; on the host all but homes is there. */
  hostMounts?: readonly HostMount[];
  /** Other hosts that it logs in to. Default: none. */
  visits?: Visits;
  /** Whether it is run in these surroundings. Default: it always is. */
  needed?: (context: ServiceContext) => boolean;
  /** Numeric user and group that it runs as; they own its secrets and data. Default: those of its service. */
  user?: { uid: number; gid: number };
  /** Default: 256 MiB and half a CPU. */
  limits?: { memoryMiB: number; cpus: number };
}

/** A job in a throw-away container, as the service's user, with no more rights than a service's container. */
export interface ContainerJob extends JobBase {
  /** Where it runs. */
  in: "container";
  /** Default: the image of its service. */
  image?: string;
  /** Docker networks that it is on. Default: those of its service. */
  networks?: readonly string[];
}

/**
 * A job on the host itself, as the service's user, in the sandbox of a unit. In `argv`, `{folder}` is the platform's folder on the
 * host, `{prefix}` the first part of its containers' names, `{image}` what the engine knows `image` by.
 */
export interface HostJob extends JobBase {
  /** Where it runs. */
  in: "host";
  /** Image of containers that it starts itself. Default: it starts none. */
  image?: string;
  /** Directives of the sandbox that differ from the safe choice, each a declared exception. Default: none. */
  sandbox?: Readonly<Record<string, string>>;
}

/** What a service has done at certain times. */
export type Job = ContainerJob | HostJob;

/** What a job that does not say may use. */
export const JOB_LIMITS = { memoryMiB: 256, cpus: 0.5 };

/** Processes and threads that a job in a container may have at once: many times what Node or Restic needs, and no fork bomb. */
export const JOB_PROCESSES = 256;

/** Seconds that a try of a job may take that does not say. */
export const JOB_TIMEOUT = 600;
