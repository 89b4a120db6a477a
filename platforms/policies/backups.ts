import { type Backup, BACKUP_KINDS } from "../../model/backup";
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

/** The compiler asks for a declaration, but not everything that declares a service is compiled. */
function isComplete(backup: Backup | undefined): boolean {
  const { kind, reason = "" }: { kind?: string; reason?: string } = backup ?? {};
  return BACKUP_KINDS.some((known) => known === kind) && (kind !== "none" || reason !== "");
}
