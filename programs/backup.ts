import path from "node:path";
import type { BackupMethod, BackupPart } from "../model/backup";
import type { ServiceContext } from "../model/context";
import type { ConfigFile } from "../model/files";
import { UserError } from "../model/finding";
import type { HostJob } from "../model/job";
import { backupParts, FILES, FOLDER } from "./backup/parts";
import { backupPlan, secretOf } from "./backup/plan";
import { NODE_IMAGE } from "./node";
import { scriptsIn } from "./scripts";

/** Where the job finds its files; on the host they lie in its folder for configuration. */
const CONFIG = "/etc/backup";

/** Every method of a host: what its data are copied by, and how they pass to another version. */
const methodsOf = ({ services }: ServiceContext, parts: readonly BackupPart[]): BackupMethod[] => [
  ...parts.map(({ method }) => method),
  ...services.flatMap(({ dataVersions }) => (dataVersions === undefined ? [] : [dataVersions.method])),
];

/** @throws when two methods have one name */
function methodFiles(methods: readonly BackupMethod[]): Record<string, string> {
  const files: Record<string, string> = {};
  for (const { name, script, programs = {} } of methods)
    for (const [file, content] of Object.entries({ [`${name}.sh`]: script, ...programs })) {
      if (files[file] !== undefined && files[file] !== content)
        throw new UserError(`expected one method of backups with the file ${file}, found two`);
      files[file] = content;
    }
  return files;
}

const config = (name: string, content: string): ConfigFile => ({ path: `${CONFIG}/${name}`, content });

/** The program itself, which is the same on every host: its files by their names. What else lies in its folder is a method's. */
export const backupScripts = (): Record<string, string> =>
  scriptsIn(path.join(__dirname, "backup"), [`${FILES.name}.sh`]);

/** Rights of root that it keeps: reading what belongs to services' users, and giving SQLite a folder that it may write to. */
const SANDBOX = {
  CapabilityBoundingSet: "CAP_CHOWN CAP_DAC_OVERRIDE",
  // Of the host it writes to the platform's folder alone, whose name the sandbox does not know.
  ProtectSystem: "full",
};

/** What `docs/decisions/backups.md` says of the hour and of how long a success counts. */
const SCHEDULE = "*-*-* 02:55:00";
const HOUR = 3_600;

/** Name of a host's job. */
export const backupJobName = (host: string): string => `backup-${host}`;

/**
 * The command of a host's backups, without what that does there. Its files are there before any container, its job after them.
 * @param job its name
 */
export const backupProgram = (job: string, { folder, prefix }: { folder: string; prefix: string }): string[] => [
  "/bin/bash",
  `${folder}/configs/${job}/backup.sh`,
  folder,
  prefix,
  // Images that a set takes are the nightly job's.
  "-",
];

/** The nightly set of a host's backups (docs/backups.md). */
export function backupJob(context: ServiceContext): HostJob {
  const name = backupJobName(context.host);
  const parts = backupParts(context);
  return {
    name,
    purpose: "A complete set of copies of the host's data",
    schedule: SCHEDULE,
    in: "host",
    image: NODE_IMAGE,
    argv: ["/bin/bash", `${FOLDER}/configs/${name}/backup.sh`, FOLDER, "{prefix}", "{image}", "run"],
    retries: { count: 2, backoff: 300 },
    timeout: 3 * HOUR,
    overdueAfter: 26 * HOUR,
    watched: true,
    // Docker's client looks for its settings in homes, which the sandbox hides.
    environment: () => ({ DOCKER_CONFIG: "/nonexistent" }),
    files: () => [
      config("plan", backupPlan(context)),
      ...[backupScripts(), methodFiles(methodsOf(context, parts))]
        .flatMap((files) => Object.entries(files))
        .map(([file, content]) => config(file, content)),
    ],
    secrets: Object.fromEntries(
      parts.flatMap((part) => (part.secret === undefined ? [] : [[secretOf(part), { secret: part.secret }]])),
    ),
    sandbox: SANDBOX,
    limits: { memoryMiB: 128, cpus: 0.5 },
  };
}

/** The jobs of a host that keeps data. */
export const backupJobs = (context: ServiceContext): HostJob[] =>
  backupParts(context).length === 0 ? [] : [backupJob(context)];
