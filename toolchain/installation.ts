import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";

/** What set-up decided for a checkout. */
export interface Installation {
  /** `official`: a fitting `pulumi` of the user; `built`: the one built here. */
  engine: "official" | "built";
  /** The absolute path of the `pulumi` program. */
  pulumi: string;
  /** Whether plugins that the official CLI could not get were built here. */
  ownPlugins: boolean;
}

const fileName = "toolchain.json";

/** @throws when the checkout has not been set up */
export function readInstallation(localDirectory: string): Installation {
  const file = path.join(localDirectory, fileName);
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Installation;
  } catch (error) {
    throw new Error(`expected the result of the set-up in ${file}: run toolchain/bootstrap.sh`, { cause: error });
  }
}

/** Notes what the set-up has made; it takes its place in one step. */
export function writeInstallation(localDirectory: string, installation: Installation): void {
  const file = path.join(localDirectory, fileName);
  mkdirSync(localDirectory, { recursive: true });
  writeFileSync(`${file}.${process.pid}`, `${JSON.stringify(installation, undefined, 2)}\n`);
  renameSync(`${file}.${process.pid}`, file);
}
