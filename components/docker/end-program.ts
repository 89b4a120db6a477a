/** Milliseconds without anything under way after which the program ends: others' old containers may be being removed. */
const QUIET = 60_000;

let underWay = 0;
let lastSeen = 0;
let ended: () => void = () => undefined;

/** Comes when the program has to end, with an exit code that tells of failure. Never in a run that goes as it should. */
export const programEnd = new Promise<void>((resolve) => (ended = resolve));

/** Notes that something is made or tried again while `work` runs: it has to be let finish. */
export async function whileUnderWay<T>(work: () => Promise<T>): Promise<T> {
  underWay += 1;
  try {
    return await work();
  } finally {
    underWay -= 1;
    lastSeen = Date.now();
  }
}

/**
 * Ends the program, which would wait for ever, once nothing else is under way: whatever is to be replaced needs its hooks
 * until its new container is there. An engine (3.250) that is told to go on after errors leaves out the creation that should
 * have followed a failed removal, and never answers its registration: `DeleteStep.Fail` has nobody to answer. What a hook
 * returns or throws does not change that, and the SDK waits for that answer after an uncaught error, too. The error has to be
 * logged before.
 */
export function endProgram(): void {
  lastSeen = Date.now();
  const timer = setInterval(() => {
    if (underWay > 0 || Date.now() - lastSeen < QUIET) return;
    clearInterval(timer);
    ended();
  }, 1000);
}
