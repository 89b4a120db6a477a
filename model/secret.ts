import type { Stack } from "./stack";

/** Why a secret cannot be rotated, in parts of a sentence. */
interface Fixed {
  /** What keeps it: `the keys in its database are encrypted with the one of before`. */
  readonly because: string;
  /** What another value would cost: `every key in its database`. */
  readonly lost: string;
  /** Whether a copy of the data is of no use without it: then `make drill` takes it along. Default: it is left behind, as every other secret. */
  readonly decrypts?: true;
}

/** What the platform says about one secret. Its value lives encrypted in `Pulumi.<stack>.yaml`, or is made by the stack. */
export interface SecretDeclaration {
  /** Key in the `secrets:` namespace of the stack config, camelCase: `n8nEncryptionKey`. */
  readonly name: string;
  /** One line that tells a person what to enter and where to find it. */
  readonly description: string;
  /** Name of the variable that holds it in the Ansible vault. Default: not imported unless mapped by hand. */
  readonly ansible?: string;
  /** `random`: made by the stack on the first `up` when config has none. `supplied`: a person must give it. */
  readonly origin: "random" | "supplied";
  /** Whether line breaks and tabs may stand inside: its program takes a file. Default: one line. */
  readonly multiline?: boolean;
  /** Length in characters when it is made. Default: 32. */
  readonly length?: number;
  /** Whether it has a letter of each case, a digit and a sign when it is made, as its program wants. Default: letters and digits alone. */
  readonly mixed?: boolean;
  /**
   * Rule of the program that reads the value. Returns what is wrong, `undefined` when it is right.
   * The text is shown to people: it must never quote the value.
   */
  readonly check?: (value: string) => string | undefined;
  /** Why another value must not take its place once a program has used it. Default: it may. */
  readonly fixed?: Fixed;
  /** Whether this stack needs it, for secrets that only some machines or settings use. Default: every stack does. */
  readonly needed?: (stack: Stack) => boolean;
}

/** Why a secret is not rotated; undefined for one that may be. */
export const refusalOf = ({ name, fixed }: SecretDeclaration): string | undefined =>
  fixed && `secrets:${name} cannot be rotated: ${fixed.because}; another value would cost ${fixed.lost}`;

/** Length in characters of a made secret whose declaration gives none: 32 alphanumeric ones are 190 bits. */
export const DEFAULT_SECRET_LENGTH = 32;

/**
 * `needed` of keys to the world outside: a stack of lab machines does without, any other whose choice of services
 * contains the group must have them.
 */
export const outsideTheLab =
  (group: string) =>
  ({ services, hosts }: Stack): boolean =>
    services.includes(group) && Object.values(hosts).some(({ machine }) => machine.kind !== "lab");

/** `check` of passwords whose program takes so many characters, from least to most. */
export const ofLength =
  (least: number, most: number) =>
  ({ length }: string): string | undefined =>
    length < least || length > most ? `expected ${least} to ${most} characters, found ${length}` : undefined;

/** `needed` of what a person may leave out: without it, only what it is for does not work. */
export const optional = (): boolean => false;
