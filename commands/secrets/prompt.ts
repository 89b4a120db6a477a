import { createInterface } from "node:readline";
import { Writable } from "node:stream";

/** Asks one question and gives the answer. */
export type Ask = (question: string) => Promise<string>;

/** Asks on the terminal without showing what is typed. @throws when the person stops with Ctrl-C or Ctrl-D */
const askHidden: Ask = (question) => {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true, historySize: 0 });
  process.stderr.write(`${question}: `);
  return new Promise<string>((resolve, reject) => {
    terminal.once("close", () => reject(new Error("stopped; nothing was written")));
    terminal.once("line", resolve);
  }).finally(() => {
    terminal.close();
    process.stderr.write("\n");
  });
};

/** How to ask, or nothing where no person is there. */
export const asking = (): Ask | undefined => (process.stdin.isTTY && process.stderr.isTTY ? askHidden : undefined);
