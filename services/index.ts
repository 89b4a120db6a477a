import { readdirSync } from "node:fs";
import path from "node:path";
import type { Service } from "./model";

/** Files of this folder that are not a service. */
const OTHERS = new Set(["index.ts", "model.ts"]);

/** The services of a folder, by name of their files. @param folder absolute path */
export const servicesIn = (folder: string): Service[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts") && !OTHERS.has(entry.name))
    .map((entry) => entry.name)
    .sort()
    .map((file) => {
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- the point is that nobody lists the files
      const module = require(path.join(folder, file)) as { default: Service };
      return module.default;
    });

/** Every service there is: one file each, found by being in this folder. */
export const allServices: readonly Service[] = servicesIn(__dirname);
