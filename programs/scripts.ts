import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** The shell programs that lie in a folder, by their names. @param without names of those that are left out */
export const scriptsIn = (folder: string, without: readonly string[] = []): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder)
      .filter((name) => name.endsWith(".sh") && !without.includes(name))
      .map((name) => [name, readFileSync(path.join(folder, name), "utf8")]),
  );
