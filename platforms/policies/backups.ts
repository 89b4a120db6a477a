import type { Backup, Service } from "../../model/service";
import { onEachService } from "./policy";

const KINDS: readonly Backup["kind"][] = ["postgresql-dump", "redis-snapshot", "files", "none"];

/** What keeps data says how they are kept safe. */
export const declaredBackups = onEachService((service) => {
  // The compiler asks for a declaration, but not everything that declares a service is compiled.
  const backup = service.backup as Partial<Extract<Backup, { kind: "none" }>> | undefined;
  if (!isStateful(service) || (backup !== undefined && isComplete(backup))) return [];
  return [
    {
      problem: `${kept(service)} without ${backup === undefined ? "a backup declaration" : "a complete backup declaration"}`,
      mend: `declare backup: ${KINDS.join(", ")}; none takes a reason`,
    },
  ];
});

const isStateful = ({ data = [], database, databaseServer }: Service): boolean =>
  data.length > 0 || database !== undefined || databaseServer !== undefined;

const isComplete = ({ kind, reason = "" }: { kind?: string; reason?: string }): boolean =>
  KINDS.some((known) => known === kind) && (kind !== "none" || reason !== "");

const kept = ({ data = [], database }: Service): string =>
  [...data.map(({ path }) => `data in ${path}`), ...(database === undefined ? [] : [`database ${database.name}`])].join(
    ", ",
  );
