import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { methodIn } from "../capabilities/backups/method";
import type { Backup, BackupItem, BackupMethod, BackupPart, OwnPart } from "../model/backup";
import type { ServiceContext } from "../model/context";
import { type ConfigFile, dataFolderOf } from "../model/files";
import { UserError } from "../model/finding";
import type { HostJob } from "../model/job";
import { requestsTo } from "../model/peers";
import { isUnitService, type Service } from "../model/service";
import { NODE_IMAGE } from "./node";

const SOURCE = path.join(__dirname, "backup");

/** How the files of a data folder are copied. */
const FILES = methodIn(SOURCE, "files", ["sqlite.mjs"]);

/** Stands for the platform's folder on the host. */
const FOLDER = "{folder}";

/** Where the job finds its files; on the host they lie in its folder for configuration. */
const CONFIG = "/etc/backup";

/** What a part that comes back as a whole calls that. */
const WHOLE = "all";

const liesIn = (folder: string, other: string): boolean => `${folder}/`.startsWith(`${other}/`);

/**
 * Data that lie in folders whose files are copied: one that several services share once, as that of the first, and one that lies in
 * another one with that.
 */
function folders({ services }: ServiceContext): BackupPart[] {
  const found = services.flatMap((service) =>
    (service.data ?? []).map((data) => ({ service: service.name, data, folder: dataFolderOf(service, data, FOLDER) })),
  );
  // What lacks it, as in a file that nobody compiled, a policy tells of.
  const copied = found.filter(({ data: { backup } }) => (backup as Backup | undefined)?.kind === "files");
  return copied
    .filter(({ folder }, index) => copied.findIndex((other) => other.folder === folder) === index)
    .filter(({ folder }) => !copied.some((other) => other.folder !== folder && liesIn(folder, other.folder)))
    .map(({ service, data: { directory = service }, folder }) => ({
      name: `${directory.replaceAll("/", "-")}-files`,
      service,
      method: FILES,
      arguments: [folder],
      items: [wholeOf(found.filter((other) => overlap(folder, other.folder)).map((other) => other.service))],
    }));
}

/** All of a part, which those use whose it is. */
const wholeOf = (services: readonly string[]): BackupItem => ({ name: WHOLE, users: services, owners: services });

/** Whether one of two folders is, or holds, the other. */
const overlap = (one: string, other: string): boolean => liesIn(one, other) || liesIn(other, one);

/** Data that servers hold for others, in their own forms. */
const offered = ({ services, hosts }: ServiceContext): BackupPart[] =>
  services.flatMap((server) =>
    (server.offers ?? []).flatMap((offer) => {
      const asking = requestsTo(hosts, server, offer.capability);
      const own = offer.backup?.(asking.map(({ wanted }) => wanted));
      const items = asking.flatMap(({ service, wanted: { backupItem, keeps } }) =>
        backupItem === undefined || keeps?.kind === "none"
          ? []
          : [{ name: backupItem, users: usersOf(service, server, services), owners: [service.name] }],
      );
      return partOf(own, server, items);
    }),
  );

/** A service that requests something, and those that say that they need it; not the server, in which it is done. */
const usersOf = (service: Service, server: Service, services: readonly Service[]): string[] =>
  [service, ...services.filter(({ needs = [] }) => needs.includes(service.name))]
    .filter((one) => one !== server)
    .map(({ name }) => name);

function partOf(own: OwnPart | undefined, service: Service, items: readonly BackupItem[] = []): BackupPart[] {
  if (own === undefined) return [];
  const { name = service.name, whole = false, ...part } = own;
  const [data] = service.data ?? [];
  if (data === undefined && part.arguments?.some((argument) => /\{(data|path)\}/.test(argument)) === true)
    throw new UserError(`${service.name}: expected a data folder, which its backup is made of, found none`);
  const known = {
    "{port}": String(service.port),
    ...(data === undefined ? {} : { "{data}": dataFolderOf(service, data, FOLDER), "{path}": data.path }),
  };
  const filled = (argument: string): string =>
    Object.entries(known).reduce((text, [mark, value]) => text.replaceAll(mark, value), argument);
  return [
    {
      ...part,
      name,
      service: service.name,
      arguments: (part.arguments ?? []).map(filled),
      items: whole ? [wholeOf([service.name])] : items,
    },
  ];
}

/** All that is backed up on a host, in the order in which it is: databases before the files that they speak of. */
function backupParts(context: ServiceContext): BackupPart[] {
  const own = context.services.flatMap((service) => (service.backups ?? []).flatMap((part) => partOf(part, service)));
  const parts = [...offered(context), ...own, ...folders(context)];
  const twice = parts.find(({ name }, index) => parts.findIndex((other) => other.name === name) !== index);
  if (twice !== undefined)
    throw new UserError(`${context.host}: expected each part of a backup once, found ${twice.name} more than once`);
  return parts;
}

/** Folders that hold what is backed up, for a first guess at how much that is: of what is copied as it is, that alone. */
const sourcesOf = ({ services }: ServiceContext, parts: readonly BackupPart[]): string[] => {
  const found = services.flatMap((service) => {
    const own = parts.filter((part) => part.service === service.name);
    return (service.data ?? [])
      .map((data) => dataFolderOf(service, data, FOLDER))
      .filter((folder) => own.some((part) => part.method !== FILES || liesIn(folder, part.arguments?.[0] ?? "")));
  });
  return [...new Set(found)];
};

/** Services that a restore stops and that are no containers. */
function unitsAmong({ services }: ServiceContext, parts: readonly BackupPart[]): string[] {
  const users = new Set(parts.flatMap(({ items = [] }) => items.flatMap((item) => item.users)));
  return services.filter((service) => isUnitService(service) && users.has(service.name)).map(({ name }) => name);
}

/** A service's own data in a part: all of it, unless items are named. */
interface OwnData {
  part: string;
  items?: readonly string[];
}

/** What a service keeps on its host that can come back: copied before it gets another image (docs/releases.md). */
function ownDataOf(service: string, parts: readonly BackupPart[]): OwnData[] {
  return parts.flatMap(({ name, service: holder, items = [] }): OwnData[] => {
    if (items.length === 0) return [];
    if (holder === service) return [{ part: name }];
    const own = items.filter(({ owners }) => owners.includes(service)).map((item) => item.name);
    return own.length === 0 ? [] : [{ part: name, items: own }];
  });
}

/** Services that keep data on their host which can come back. */
export function keepersOfData(context: ServiceContext): Set<string> {
  const parts = backupParts(context);
  const names = context.services.map(({ name }) => name);
  return new Set(names.filter((name) => ownDataOf(name, parts).length > 0));
}

const secretOf = ({ name }: Pick<BackupPart, "name">): string => `${name}.secret`;

/** How data pass from one major version of their program to the next, by service. */
const versionLines = ({ services }: ServiceContext): string[][] =>
  services.flatMap((service) => {
    const { name, data: [folder] = [], dataVersions } = service;
    if (dataVersions === undefined || folder === undefined) return [];
    const { method, arguments: rest = [] } = dataVersions;
    return [["versions", name, method.name, dataFolderOf(service, folder, FOLDER), ...rest]];
  });

/** What `backup.sh` reads: a line for each part, its words apart by tabs. @throws for a word that cannot be told apart */
export function backupPlan(context: ServiceContext): string {
  const parts = backupParts(context);
  const lines = [
    ["host", context.host],
    ...sourcesOf(context, parts).map((folder) => ["source", folder]),
    ...parts.map((part) => {
      const { name, service, method, secret, arguments: rest = [] } = part;
      return ["part", name, service, method.name, secret === undefined ? "-" : secretOf(part), ...rest];
    }),
    ...parts.flatMap(({ name, items = [] }) => items.map((item) => ["item", name, item.name, ...new Set(item.users)])),
    ...unitsAmong(context, parts).map((unit) => ["unit", unit]),
    ...context.services.flatMap(({ name }) =>
      ownDataOf(name, parts).map(({ part, items = [] }) => ["own", name, part, ...items]),
    ),
    ...versionLines(context),
  ];
  const wrong = lines.flat().find((word) => word === "" || /[\t\n\r]/.test(word));
  if (wrong !== undefined)
    throw new UserError(
      `${context.host}: expected words without tabs and line breaks in a backup's plan, found ${JSON.stringify(wrong)}`,
    );
  return lines.map((words) => `${words.join("\t")}\n`).join("");
}

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
  Object.fromEntries(
    readdirSync(SOURCE)
      .filter((name) => name.endsWith(".sh") && name !== `${FILES.name}.sh`)
      .map((name) => [name, readFileSync(path.join(SOURCE, name), "utf8")]),
  );

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
