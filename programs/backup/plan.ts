import type { BackupPart } from "../../model/backup";
import type { ServiceContext } from "../../model/context";
import { dataFolderOf } from "../../model/files";
import { UserError } from "../../model/finding";
import { isUnitService } from "../../model/service";
import { backupParts, FILES, FOLDER, liesIn, ownDataOf } from "./parts";

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

/** The file with what a part's method logs in with. */
export const secretOf = ({ name }: Pick<BackupPart, "name">): string => `${name}.secret`;

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
