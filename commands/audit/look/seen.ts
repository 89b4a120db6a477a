/** A user of a host who may log in, or counts as root. */
export interface SeenUser {
  name: string;
  uid: number;
  shell: string;
}

/** A key that opens a user's account. */
interface SeenKey {
  user: string;
  file: string;
  /** Type and base64. */
  key: string;
}

/** A file that has the host do something by itself, or says who may. */
export interface SeenFile {
  path: string;
  /**
   * `package`: as it was installed; `changed`: a package's, and another one than that; `foreign`: nobody's; `linked`: a link to what is
   * nobody's.
   */
  origin: "package" | "changed" | "foreign" | "linked";
}

/** Who listens where. */
export interface SeenListener {
  protocol: "tcp" | "udp";
  /** `*` for all of IPv4 and IPv6; without brackets and zone. */
  address: string;
  port: number;
  program: string;
  /** Undefined where nobody can tell, as in a session of a person. */
  unit?: string;
  /** Where the unit's file lies; empty for one that has none. */
  unitFile?: string;
}

interface SeenMount {
  type: string;
  /** Of a volume. */
  name?: string;
  source: string;
  target: string;
  writable: boolean;
}

interface SeenBinding {
  /** `53/udp` in the container. */
  port: string;
  /** Empty: all. */
  address: string;
  hostPort: number;
}

/** A container of the host's engine, whoever made it. */
export interface SeenContainer {
  name: string;
  /** Id of its image. */
  image: string;
  /** What the image was asked for by. */
  reference: string;
  state: string;
  labels: Readonly<Record<string, string>>;
  user: string;
  hasHealthCheck: boolean;
  privileged: boolean;
  capAdd: readonly string[];
  capDrop: readonly string[];
  security: readonly string[];
  /** Bytes; 0: no limit. */
  memory: number;
  /** Bytes of memory and swap; -1: no limit. */
  swap: number;
  /** Billionths of a processor; 0: no limit. */
  cpus: number;
  /** 0: no limit. */
  pids: number;
  readOnly: boolean;
  bindings: readonly SeenBinding[];
  networkMode: string;
  pidMode: string;
  ipcMode: string;
  devices: readonly string[];
  mounts: readonly SeenMount[];
  /** By network. */
  addresses: Readonly<Record<string, string>>;
  log: { driver: string; size: string | undefined; files: string | undefined };
}

/** A network of the host's engine. */
export interface SeenNetwork {
  name: string;
  internal: boolean;
}

/** What Docker's engine says of itself, and what its file says. */
export interface SeenEngine {
  logDriver: string;
  liveRestore: boolean;
  /** Keys of `/etc/docker/daemon.json`; undefined where the file is no JSON. */
  settings: Readonly<Record<string, unknown>> | undefined;
}

/** Rights of a file. */
interface SeenRights {
  path: string;
  /** `400` */
  mode: string;
  /** `uid:gid` */
  owner: string;
}

/** A disk, by a folder on it. */
export interface SeenDisk {
  folder: string;
  freeKiB: number;
  sizeKiB: number;
  /** Undefined where the file system does not count them. */
  freeInodes: number | undefined;
  inodes: number;
}

/** How a host does. */
export interface SeenCondition {
  disks: readonly SeenDisk[];
  memory: { totalKiB: number; availableKiB: number };
  /** Processes that wanted to run: means of 1, 5 and 15 minutes. */
  load: readonly number[];
  processors: number;
  failedUnits: readonly string[];
  clock: { seconds: number; isSynchronized: boolean };
  /** What wants a reboot; undefined where nothing does. */
  reboot: string | undefined;
  kernel: { running: string; installed: string };
  /** Tailscale's word; undefined where it is not installed. */
  vpn: string | undefined;
  /** Values of the host's jobs by series: `job_last_success_timestamp_seconds{name="x",service="y"}`. */
  metrics: ReadonlyMap<string, number>;
  /** Whether Docker's engine answers. */
  engineAnswers: boolean;
}

/** A host as it is. */
export interface Seen {
  users: readonly SeenUser[];
  /** Members of the groups that make one root. */
  groups: Readonly<Record<string, readonly string[]>>;
  keys: readonly SeenKey[];
  files: readonly SeenFile[];
  /** Units by whether they are started by themselves, in systemd's words. */
  enabled: ReadonlyMap<string, string>;
  listeners: readonly SeenListener[];
  /** Its own addresses that are of more than itself. */
  addresses: readonly { address: string; interface: string }[];
  containers: readonly SeenContainer[];
  networks: readonly SeenNetwork[];
  volumes: readonly string[];
  engine: SeenEngine | undefined;
  /** Networks on which a gateway's port of administration answers. */
  admin: readonly { container: string; network: string }[];
  /** Options by name in lower-case letters, as `sshd -T` says them. Empty where there is none. */
  sshd: ReadonlyMap<string, string>;
  /** Values by path: `net/ipv4/ip_forward`. */
  sysctl: ReadonlyMap<string, string>;
  rights: readonly SeenRights[];
  condition: SeenCondition;
}
