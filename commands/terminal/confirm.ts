import { createInterface } from "node:readline/promises";

/** Whether a person wants it done: YES=1 says so beforehand, any other value of it that not; else the terminal is asked, if there is one. */
export async function isMeant(): Promise<boolean> {
  if (process.env["YES"]) return process.env["YES"] === "1";
  if (!process.stdin.isTTY || !process.stdout.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await terminal.question("Do it? [yes/no] ")).trim());
  } finally {
    terminal.close();
  }
}
