import { readFileSync } from "node:fs";
import path from "node:path";
import type { DataVersions } from "../model/data-version";
import { methodIn } from "./backups/method";

const METHODS = path.join(__dirname, "backups");

/** The major version that an image of PostgreSQL holds: its tag begins with it. Before 10 it was two numbers; those are none. */
export function postgresqlMajor(image: string): number | undefined {
  const [, tag = ""] = /:([^:/@]+)(?:@|$)/.exec(image) ?? [];
  const major = /^(\d{2,})(?:\D|$)/.exec(tag)?.[1];
  return major === undefined ? undefined : Number(major);
}

/** Where a version has its cluster, below the folder that is mounted: where the official images since 18 put it. */
const place = (major: number): string => `${major}/docker`;

/** How a cluster of PostgreSQL passes from one major version to the next. @param superuser of both */
export const postgresqlVersions = (superuser: string): DataVersions => ({
  program: "PostgreSQL",
  of: postgresqlMajor,
  place,
  find: readFileSync(path.join(METHODS, "postgresql-version.sh"), "utf8"),
  method: methodIn(METHODS, "postgresql-major", [
    ...["postgresql-servers.sh", "postgresql-places.sh"],
    ...["postgresql-version.sh", "postgresql-inventory.sql"],
  ]),
  arguments: [superuser],
});

/** First major version whose image has its cluster below the folder that is mounted; those before are told where it is. */
const FIRST_BELOW_ITS_VERSION = 18;

/** What an image needs to know to keep its cluster in a folder of its version, below `folder`; nothing where it does by itself. */
export function clusterPlace(image: string, folder: string): Record<string, string> {
  const major = postgresqlMajor(image);
  return major === undefined || major >= FIRST_BELOW_ITS_VERSION ? {} : { PGDATA: `${folder}/${place(major)}` };
}
