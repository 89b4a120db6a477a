/** How often a long step says that it is still at work, in milliseconds. */
const reminderInterval = 30_000;

/** Writes one line about the set-up to standard error; standard output stays free for results. */
export function report(line: string): void {
  process.stderr.write(`toolchain: ${line}\n`);
}

/** Does `work`, and says what is done and for how long: at the start, every 30 s, and at the end. */
export async function withProgress<T>(what: string, work: () => Promise<T>): Promise<T> {
  const start = Date.now();
  const elapsed = () => formatDuration(Date.now() - start);
  report(`${what} ...`);
  const reminder = setInterval(() => report(`${what} ... ${elapsed()} so far`), reminderInterval);
  try {
    const result = await work();
    report(`${what}: done in ${elapsed()}`);
    return result;
  } finally {
    clearInterval(reminder);
  }
}

/** Milliseconds as "0.4 s", "12 s" or "3 min 2 s". */
function formatDuration(milliseconds: number): string {
  if (milliseconds < 10_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
