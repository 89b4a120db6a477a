import { readdirSync } from "node:fs";
import path from "node:path";
import { eventually } from "../../eventually";
import { dockerObjectsOf } from "./docker";
import type { Lab } from "./lab";
import { processesOf } from "./processes";

/** What is left of a lab on this machine: Docker objects, processes, files. */
export async function leftoversOf({ directory }: Lab): Promise<string[]> {
  const local = path.join(directory, ".vpai");
  return [
    ...(await dockerObjectsOf(directory)),
    ...processesOf(directory).map(({ commandLine }) => `process ${commandLine}`),
    ...readdirSync(local).flatMap((entry) => (entry === "lab" ? [`file ${path.join(local, entry)}`] : [])),
  ];
}

/** A plugin's own child notices within half a second that the plugin is gone. */
export const nothingIsLeftOf = (lab: Lab): Promise<void> =>
  eventually(async () => expect(await leftoversOf(lab)).toEqual([]), 5);
