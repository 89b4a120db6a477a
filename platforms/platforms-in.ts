import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import type { Platform } from "../model/platform";

/** The platforms of a folder: one folder each, with a `platform.ts`. @param folder absolute path */
export const platformsIn = (folder: string): Platform[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(path.join(folder, entry.name, "platform.ts")))
    .map((entry) => entry.name)
    .sort()
    .map((name) => {
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- the point is that nobody lists the folders
      const module = require(path.join(folder, name, "platform.ts")) as { default: Platform };
      return module.default;
    });
