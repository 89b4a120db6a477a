import { readdirSync } from "node:fs";
import path from "node:path";
import type { Service } from "./model";

/** Files of this folder that are not a service. */
const OTHERS = new Set(["index.ts", "model.ts"]);

/** Every service there is: one file each, found by being in this folder. */
export const allServices: readonly Service[] = readdirSync(__dirname, { withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith(".ts") && !OTHERS.has(entry.name))
  .map((entry) => entry.name)
  .sort()
  .map((file) => {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- the point is that nobody lists the files
    const module = require(path.join(__dirname, file)) as { default: Service };
    return module.default;
  });
