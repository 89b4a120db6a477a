import { readFileSync } from "node:fs";
import path from "node:path";
import type { Transport } from "@vpai/providers";
import { SYSCTL_KEYS } from "./checks/effective";
import type { Declared } from "./declared/declared";
import { readLook } from "./look/read";
import type { Seen } from "./look/seen";

const LOOK = readFileSync(path.join(__dirname, "look.sh"), "utf8");

/** Looks at all of a host, in one session. */
export async function look(host: Transport, declared: Declared): Promise<Seen> {
  const { folder, files, gateway } = declared;
  const wanted = [
    ...files.map((file) => `file ${file.path}`),
    ...SYSCTL_KEYS.map((key) => `sysctl ${key}`),
    ...(gateway?.container === undefined ? [] : [`gateway ${gateway.container}`]),
  ];
  const said = await host.output(["sh", "-c", LOOK, "vpai", folder], {
    stdin: wanted.map((line) => `${line}\n`).join(""),
    reads: true,
  });
  return readLook(said);
}
