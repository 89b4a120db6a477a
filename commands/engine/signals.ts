import type { ChildProcess } from "node:child_process";

/** How long the engine gets to end after the second signal, in milliseconds. */
const LAST_WAIT = 5000;

const ENDING = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Until it is called off, what would end this process is handed on to a child, and the child is waited for: the engine
 * finishes what it has begun at the first signal, and ends at the second. Every signal reaches it as SIGINT.
 * @returns what calls it off
 */
export function handSignalsOn(child: ChildProcess): () => void {
  let signals = 0;
  let timer: NodeJS.Timeout | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    signals += 1;
    // A terminal that was closed takes no more words.
    if (signal === "SIGHUP") for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
    console.error(signals === 1 ? WAITING : ENDED);
    child.kill("SIGINT");
    if (signals > 1) timer ??= setTimeout(() => child.kill("SIGKILL"), LAST_WAIT);
  };
  // The child is in another session, which hears nothing of the terminal's size.
  const onResize = (): void => void child.kill("SIGWINCH");
  for (const signal of ENDING) process.on(signal, onSignal);
  process.on("SIGWINCH", onResize);
  return () => {
    clearTimeout(timer);
    for (const signal of ENDING) process.off(signal, onSignal);
    process.off("SIGWINCH", onResize);
  };
}

const WAITING =
  "\nwaiting for pulumi to finish what it has begun and to write its state: press Ctrl-C again to end it at once";
const ENDED = "\nending pulumi at once: what it had begun stays as it is, and the next run goes on from there";
