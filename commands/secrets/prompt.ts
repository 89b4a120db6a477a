import { createInterface } from "node:readline";
import { Writable } from "node:stream";

/** Whether a person can be asked. */
export const canAsk = (): boolean => process.stdin.isTTY && process.stderr.isTTY;

/** Asks on the terminal without showing what is typed. @throws when the person presses Ctrl-C or Ctrl-D */
export const askHidden = (question: string): Promise<string> => {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true, historySize: 0 });
  process.stderr.write(`${question}: `);
  return new Promise<string>((resolve, reject) => {
    terminal.once("close", () => reject(new Error("stopped: nothing more was written")));
    terminal.once("line", resolve);
  }).finally(() => {
    terminal.close();
    process.stderr.write("\n");
  });
};
