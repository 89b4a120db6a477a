import { readFileSync } from "node:fs";

/** A failure that a program ends with: one line, for whoever is called. */
export class Failure extends Error {}

/** Takes a line of what a program has done. */
export type Say = (line: string) => void;

const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim();

/** Runs a program with the settings in the file that is its only argument. Its words of failure are one line, and its exit code 1. */
export function run<Settings>(work: (settings: Settings, say: Say) => Promise<void>): void {
  const [file] = process.argv.slice(2);
  const start = async (): Promise<void> => {
    if (file === undefined) throw new Failure("expected the file with the settings as argument, found none");
    await work(JSON.parse(readFileSync(file, "utf8")) as Settings, (line) => console.log(line));
  };
  start().catch((error: unknown) => {
    console.error(oneLine(error instanceof Error ? error.message : String(error)));
    process.exitCode = 1;
  });
}
