import { methodIn } from "../../capabilities/backups/method";
import type { Backup, BackupItem, BackupPart, OwnPart } from "../../model/backup";
import type { ServiceContext } from "../../model/context";
import { dataFolderOf } from "../../model/files";
import { UserError } from "../../model/finding";
import { requestsTo } from "../../model/peers";
import type { Service } from "../../model/service";

/** How the files of a data folder are copied. */
export const FILES = methodIn(__dirname, "files", ["sqlite.mjs"]);

/** Stands for the platform's folder on the host. */
export const FOLDER = "{folder}";

/** What a part that comes back as a whole calls that. */
const WHOLE = "all";

/** Whether a folder is, or lies in, another one. */
export const liesIn = (folder: string, other: string): boolean => `${folder}/`.startsWith(`${other}/`);

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
export function backupParts(context: ServiceContext): BackupPart[] {
  const own = context.services.flatMap((service) => (service.backups ?? []).flatMap((part) => partOf(part, service)));
  const parts = [...offered(context), ...own, ...folders(context)];
  const twice = parts.find(({ name }, index) => parts.findIndex((other) => other.name === name) !== index);
  if (twice !== undefined)
    throw new UserError(`${context.host}: expected each part of a backup once, found ${twice.name} more than once`);
  return parts;
}

/** A service's own data in a part: all of it, unless items are named. */
interface OwnData {
  part: string;
  items?: readonly string[];
}

/** What a service keeps on its host that can come back: copied before it gets another image (docs/releases.md). */
export function ownDataOf(service: string, parts: readonly BackupPart[]): OwnData[] {
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
