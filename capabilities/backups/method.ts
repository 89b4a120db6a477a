import { readFileSync } from "node:fs";
import path from "node:path";
import type { BackupMethod } from "../../model/backup";

/**
 * A method whose programs lie in a folder.
 * @param name of `<name>.sh` there
 * @param programs of Node, file names
 * @param as the method's own name. Default: that of the file
 */
export const methodIn = (
  folder: string,
  name: string,
  programs: readonly string[] = [],
  as: string = name,
): BackupMethod => {
  const read = (file: string): string => readFileSync(path.join(folder, file), "utf8");
  return {
    name: as,
    script: read(`${name}.sh`),
    ...(programs.length === 0 ? {} : { programs: Object.fromEntries(programs.map((file) => [file, read(file)])) }),
  };
};
