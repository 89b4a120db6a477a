import { askForReverts, reach, revertsIn } from "@vpai/providers";
import type { StackHost } from "./stack";

/** Seconds that a host may take to let us in: one that is often off shortly, any other as long as a reboot may take. */
export const SECONDS = { defer: 10, fail: 90 } as const;

/** A host that does not let us in. */
export interface Away {
  name: string;
  why: string;
}

/**
 * Which of the hosts cannot be reached. One that answers and refuses us is not among them: the run says what is wrong.
 * @param asks whether those that are there tell, once, which changes they took back since the last run
 */
export async function awayOf(hosts: Readonly<Record<string, StackHost>>, asks: boolean): Promise<Away[]> {
  const found = await Promise.all(
    Object.entries(hosts).map(async ([name, { connection, unreachable }]) => {
      if (connection === undefined) return [];
      const outcome = await reach(connection, SECONDS[unreachable], asks ? askForReverts() : undefined);
      if (outcome.outcome === "reached") tellReverts(name, outcome.answer);
      return outcome.outcome === "away" ? [{ name, why: outcome.why }] : [];
    }),
  );
  return found.flat();
}

/** Whoever has undone the change meanwhile would not hear of it otherwise. */
function tellReverts(host: string, answer: string): void {
  for (const { name, why } of revertsIn(answer))
    console.error(`warning: ${host}: the host took the last change of its ${name} back, ${why}.`);
}
