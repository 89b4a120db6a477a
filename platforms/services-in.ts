import { readdirSync } from "node:fs";
import path from "node:path";
import type { Service } from "../model/service";

/**
 * The services of a folder: one `*.ts` file each, found by being there; what a service's file keeps beside it is in a
 * folder of its name. @param folder absolute path
 */
export const servicesIn = (folder: string): Service[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => entry.name)
    .sort()
    .map((file) => {
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- the point is that nobody lists the files
      const module = require(path.join(folder, file)) as { default: Service };
      return module.default;
    });
