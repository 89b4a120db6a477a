import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { couchdbDatabase } from "../capabilities/couchdb-database";
import type { ServiceContext } from "../model/context";
import { type ConfigFile, SECRETS_FOLDER } from "../model/files";
import { type ContainerJob, JOB_LIMITS } from "../model/job";
import { offererOf, peer } from "../model/peers";
import type { SecretDeclaration } from "../model/secret";
import { NODE_IMAGE } from "./node";
import type { CollectorSettings, SourceSettings } from "./notes/collector";
import type { DatabaseSettings } from "./notes/couchdb";
import type { RemoteSettings } from "./notes/git";
import type { DumpSettings } from "./notes/vault-dump";

/** The image's own user: an SSH client refuses one whose number has no name. */
const NOTES_USER = { uid: 1000, gid: 1000 };

/** Where a container finds the programs. */
const PROGRAM = "/etc/notes";

const SETTINGS = `${PROGRAM}/settings.json`;

const KNOWN_HOSTS = `${PROGRAM}/known_hosts`;

const SOURCE = path.join(__dirname, "notes");

const DAY = 86_400;

/** A day, and what a host that was off may need to make up for a missed run. */
const OVERDUE = 2 * DAY;

/** Folder of a job's container that holds the vault's files. */
const TREE = "/srv/vault";

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const at = path.join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(at) : [at];
    })
    .sort();

/** The programs' own source. */
const program = (): ConfigFile[] =>
  filesBelow(SOURCE).map((file) => ({
    path: `${PROGRAM}/${path.relative(SOURCE, file)}`,
    content: readFileSync(file, "utf8"),
  }));

const settingsFile = (settings: CollectorSettings | DumpSettings): ConfigFile => ({
  path: SETTINGS,
  content: `${JSON.stringify(settings, null, 2)}\n`,
});

/** What Node keeps would else follow from the host's memory; as much again is for what it reads and sends. */
const argv = (main: string, { memoryMiB } = JOB_LIMITS): string[] => [
  "node",
  `--max-old-space-size=${memoryMiB / 2}`,
  "--disable-warning=ExperimentalWarning",
  "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON",
  `${PROGRAM}/${main}`,
  SETTINGS,
];

/** A vault, and who a job is there. */
export interface VaultLogin {
  database: string;
  user: string;
  password: SecretDeclaration;
}

const PASSWORD = "couchdb_password";

/** The vault as the job reaches it: on its own host by name, from another one at the VPN address. */
function databaseOf(context: ServiceContext, { database, user }: VaultLogin): DatabaseSettings {
  const { host, port } = peer(context, couchdbDatabase);
  return { url: `http://${host}:${port}`, database, user, passwordFile: `${SECRETS_FOLDER}/${PASSWORD}` };
}

/** Whether there is a vault that the host can reach: on another host, that one needs an address. */
function isReachable(context: ServiceContext): boolean {
  const vault = offererOf(context.hosts, context.host, { capability: couchdbDatabase.name });
  return vault !== undefined && (vault.host.name === context.host || vault.host.vpnAddress !== undefined);
}

/** What all of these jobs are. */
const common = {
  in: "container" as const,
  image: NODE_IMAGE,
  user: NOTES_USER,
  needed: isReachable,
  retries: { count: 3, backoff: 300 },
  timeout: 3_600,
  overdueAfter: OVERDUE,
} satisfies Partial<ContainerJob>;

/** A job that brings notes into the vault. */
export interface CollectorArgs extends Pick<
  ContainerJob,
  "schedule" | "purpose" | "networks" | "hostMounts" | "limits"
> {
  /** Also its name in the vault. */
  name: string;
  vault: VaultLogin;
  sources: (context: ServiceContext) => SourceSettings[];
  /** Secrets of its sources, each a file `/run/secrets/<key>`. */
  secrets?: ContainerJob["secrets"];
  /** Further files, such as what is collected. */
  files?: ContainerJob["files"];
}

/** Collects notes and writes them into the vault, leaving alone what a person changed (docs/decisions/notes.md). */
export const notesCollector = ({ vault, sources, secrets, files, ...args }: CollectorArgs): ContainerJob => ({
  ...common,
  ...args,
  argv: argv("collect.ts", args.limits),
  files: (context) => [
    ...program(),
    settingsFile({ collector: args.name, couchdb: databaseOf(context, vault), sources: sources(context) }),
    ...(files?.(context) ?? []),
  ],
  secrets: { [PASSWORD]: { secret: vault.password }, ...secrets },
});

/** Where a vault's history goes. */
export interface RemoteArgs {
  /** As Git takes it: `git@github.com:owner/vault.git`. */
  url: string;
  /** Host keys of its server, as `known_hosts` has them. */
  knownHosts: string;
}

/** A job that keeps the vault's history. */
export interface VaultDumpArgs extends Pick<ContainerJob, "name" | "schedule" | "networks"> {
  vault: VaultLogin;
  /** Folder under the host's `data`. */
  directory: string;
  /** Undefined: the history stays on the host. */
  remote: (context: ServiceContext) => RemoteArgs | undefined;
  /** Private key that may push to the remote. */
  deployKey: SecretDeclaration;
}

/** Git packs what it pushes in memory, too. */
const DUMP_LIMITS = { memoryMiB: 256, cpus: 0.5 };

const DEPLOY_KEY = "deploy_key";

const remoteSettings = (remote: RemoteArgs | undefined): { remote?: RemoteSettings } =>
  remote === undefined
    ? {}
    : {
        remote: {
          url: remote.url,
          branch: "main",
          keyFile: `${SECRETS_FOLDER}/${DEPLOY_KEY}`,
          knownHostsFile: KNOWN_HOSTS,
        },
      };

/** Writes the vault's notes as files, and commits and pushes them (docs/decisions/notes.md). */
export const vaultDump = ({ vault, directory, remote, deployKey, ...args }: VaultDumpArgs): ContainerJob => ({
  ...common,
  ...args,
  purpose: "Obsidian's vault as files, with its history in Git",
  argv: argv("dump.ts", DUMP_LIMITS),
  limits: DUMP_LIMITS,
  files: (context) => {
    const to = remote(context);
    const settings = { couchdb: databaseOf(context, vault), tree: TREE, ...remoteSettings(to) };
    return [
      ...program(),
      settingsFile(settings),
      ...(to === undefined ? [] : [{ path: KNOWN_HOSTS, content: to.knownHosts }]),
    ];
  },
  secrets: {
    [PASSWORD]: { secret: vault.password },
    // OpenSSH does not read a key whose last line has no end.
    [DEPLOY_KEY]: { secret: deployKey, render: (key) => `${key.trimEnd()}\n` },
  },
  data: [
    {
      path: TREE,
      directory,
      backup: { kind: "none", reason: "it is made from CouchDB, and its history is pushed" },
    },
  ],
});
