import { type Backup, BACKUP_KINDS } from "../../model/backup";
import { offererOf } from "../../model/peers";
import { onEachService } from "./policy";

/** Every datum says how it is kept safe: each data folder, and whatever a service keeps in another one. */
export const declaredBackups = onEachService(({ data = [], uses = [] }) => {
  const kept = [
    ...data.map(({ path, backup }) => ({ what: `data in ${path}`, backup })),
    ...uses.flatMap(({ claims, keeps }) => (keeps === undefined ? [] : [{ what: claims.join(", "), backup: keeps }])),
  ];
  return kept
    .filter(({ backup }) => !isComplete(backup))
    .map(({ what, backup }) => ({
      expected: "a datum that says how it is kept safe, or why not",
      found: `${what} without ${(backup as unknown) === undefined ? "a backup declaration" : "a complete backup declaration"}`,
      mend: `declare backup: ${BACKUP_KINDS.join(", ")}; none takes a reason`,
    }));
});

/** What is declared is also done: by the method of whoever holds it, where its files are not simply copied. */
export const doneBackups = onEachService(({ name, data = [], uses = [], offers = [], backups = [] }, { context }) => {
  const hasMethod = backups.length > 0 || offers.some((offer) => offer.backup !== undefined);
  const folders = data
    .filter(({ backup }) => isComplete(backup) && !COPIED.has(backup.kind) && !hasMethod)
    .map(({ path, backup }) => ({ what: `data in ${path}`, kind: backup.kind, by: name }));
  const requested = uses.flatMap(({ keeps, claims, ...wanted }) => {
    const server = offererOf(context.hosts, context.host, wanted)?.service;
    const offer = server?.offers?.find(({ capability }) => capability === wanted.capability);
    if (keeps === undefined || !isComplete(keeps) || keeps.kind === "none" || offer === undefined) return [];
    return offer.backup === undefined ? [{ what: claims.join(", "), kind: keeps.kind, by: server?.name ?? "" }] : [];
  });
  return [...folders, ...requested].map(({ what, kind, by }) => ({
    expected: "a datum that something copies",
    found: `${what} with the backup ${kind}, which ${by} has no method for`,
    mend: "give its capability or its service a method (docs/backups.md#methods), or declare another backup",
  }));
});

/** Kinds that need no method of their own. */
const COPIED: ReadonlySet<string> = new Set(["files", "none"]);

/** The compiler asks for a declaration, but not everything that declares a service is compiled. */
function isComplete(backup: Backup | undefined): boolean {
  const { kind, reason = "" }: { kind?: string; reason?: string } = backup ?? {};
  return BACKUP_KINDS.some((known) => known === kind) && (kind !== "none" || reason !== "");
}
