import { TELL } from "./host-side";
import { GUARDS } from "./place";

/** A change that a host took back. */
export interface Revert {
  /** Name of the guard: `sshd`. */
  name: string;
  /** When and why, in words. */
  why: string;
}

/** Has a host tell which changes it took back that nobody was told of yet. @param folder of its guards */
export const askForReverts = (folder: string = GUARDS): readonly string[] => ["sh", "-c", TELL, "vpai", folder];

/** What a host told when it was asked for reverts. */
export const revertsIn = (answer: string): Revert[] =>
  [...answer.matchAll(/^vpai-guard-(.+)-[0-9a-f]{8}\t(.+)$/gm)].map(([, name = "", why = ""]) => ({ name, why }));
